#include "host/training/tensorboard.hpp"

#include "host/training/training_plan.hpp"

namespace dae {

TensorBoard::TensorBoard(const std::filesystem::path& folder, const std::filesystem::path& run, std::uint64_t done)
    : run_(run), done_(done) {
  if (!folder.empty()) file_.emplace(folder);
}

/// From steps.csv, which has every step's loss; the trainer tells of some only.
void TensorBoard::log_steps() {
  if (!steps_) steps_.emplace(run_ / steps_table);
  steps_->read([&](std::span<const double> row) {
    const auto step = static_cast<std::uint64_t>(row[0]);
    if (step <= done_) return;
    file_->scalar("train/loss", step, row[2]);
    file_->scalar("train/lr", step, row[3]);
    done_ = step;
  });
}

void TensorBoard::epoch_ended(const EpochResult& result) {
  if (!file_) return;
  log_steps();
  file_->scalar("train/images_per_s", done_, result.images_per_s);
  file_->scalar("validation/loss", done_, result.val_loss);
  file_->scalar("validation/psnr", done_, result.val_psnr);
}

void TensorBoard::ended(const Picture& samples) {
  if (!file_) return;
  log_steps();
  file_->png("samples: original, noisy, reconstructed", done_, samples.shape.h, samples.shape.w, encode_png(samples));
}

}  // namespace dae
