#include "host/training/training_run.hpp"

#include <fmt/format.h>

#include <chrono>

#include "dae/error.hpp"
#include "host/evaluation/evaluation.hpp"
#include "host/files/atomic_file.hpp"
#include "host/files/folder_lock.hpp"
#include "host/graph/loss.hpp"
#include "host/graph/summary.hpp"
#include "host/noise/noise_text.hpp"
#include "host/training/run_record.hpp"
#include "host/training/run_report.hpp"
#include "host/training/tensorboard.hpp"
#include "host/training/training_plots.hpp"

namespace dae {
namespace {

using json = nlohmann::ordered_json;

class Run : public TrainingObserver {
 public:
  Run(const RunOptions& options, RunObserver& observer) : options_(options), plan_(options.plan), observer_(observer) {}
  TrainingResult operator()(const std::function<Device&()>& open, const std::function<bool()>& stop);

  void starting(const ChosenPlans& plans) override;
  [[nodiscard]] std::chrono::milliseconds interval() const override { return observer_.interval(); }
  void progressed(const TrainingProgress& progress) override { observer_.progressed(progress); }
  void epoch_ended(const EpochResult& result) override;

 private:
  void refuse_old_run() const;
  void claim_folder();
  void prepare(const std::function<Device&()>& open);
  void draw_loss_curve() { write_loss_curve(plan_, train_set_, validation_set_, facts_.floor); }
  void end(const TrainingResult& result);

  const RunOptions& options_;
  const TrainingPlan& plan_;
  RunObserver& observer_;
  Device* device_ = nullptr;
  DeviceSet train_set_, validation_set_;
  ImageSet shown_;
  RunFacts facts_;
  json record_;
  std::optional<FolderLock> lock_;
  std::optional<TensorBoard> tensorboard_;
  std::chrono::steady_clock::time_point drawn_{};
  std::chrono::steady_clock::duration drawing_{};  ///< Time that the curve took.
};

/// Reads the data, then opens the device and copies it there; what is wrong with a file is said before anything else.
void Run::prepare(const std::function<Device&()>& open) {
  TrainingData data =
      read_training_data(options_.data, plan_.graph, [&](std::string_view line) { observer_.noted(line); });
  device_ = &open();
  const Shape sample = data.sample();
  facts_ = {.sample = sample,
            .images = data.of_photos() ? data.photos.photos.size() : static_cast<std::size_t>(data.images.shape.n),
            .of_photos = data.of_photos(),
            .validation_images = static_cast<std::size_t>(data.validation.shape.n),
            .summary = summary_table(plan_.graph, sample),
            .noise = options_.data.noisy.empty() ? fmt::format("{}, {}", describe(plan_.noise),
                                                               plan_.draw == NoiseDraw::once ? "static" : "fresh")
                                                 : "of the photos in " + options_.data.noisy,
            .noisy_psnr = noisy_psnr(data.validation, plan_.noise)};
  if (std::holds_alternative<Bce>(plan_.loss.value_or(usual_loss(plan_.graph))))
    facts_.floor = bce_floor(data.validation);
  shown_ = images_to_show(data.validation);
  record_ = {{"program", options_.program}, {"settings", options_.settings},
             {"device", device_->name()},   {"threads", options_.threads},
             {"data", data.record},         {"model", describe_model(plan_.graph, sample)}};
  train_set_ = data.upload(*device_, options_.data, plan_.batch);
  validation_set_ = upload(*device_, data.validation);
  check_shapes(plan_.graph, train_set_.shape, validation_set_.shape);
  facts_.memory = device_->plan(plan_.graph, spec_for(plan_, sample, Mode::train, train_set_.shape.n));
  observer_.prepared(facts_);
}

void Run::starting(const ChosenPlans& plans) {
  if (!lock_) claim_folder();
  if (!plan_.resume) {
    std::error_code error;  // A file that cannot be removed cannot be written over either, and is reported then.
    for (const char* file : {"loss.svg", "samples.png", "report.html"})
      std::filesystem::remove(plan_.out / file, error);
  }
  if (plans != ChosenPlans{}) record_["plans"] = describe_plans(plans);
  write_record(plan_.out, record_);
  observer_.starting(plans);
  observer_.recorded(record_);
  const bool goes_on = plan_.resume && !options_.tensorboard.empty();
  tensorboard_.emplace(options_.tensorboard, plan_.out,
                       goes_on ? load_checkpoint(plan_.out / last_checkpoint).step : 0);
}

void Run::epoch_ended(const EpochResult& result) {
  observer_.epoch_ended(result);
  tensorboard_->epoch_ended(result);
  // Drawing reads the run's tables again: no more often than that it costs a fiftieth of the time.
  const auto start = std::chrono::steady_clock::now();
  if (start - drawn_ < 50 * drawing_) return;
  draw_loss_curve();
  drawn_ = std::chrono::steady_clock::now();
  drawing_ = drawn_ - start;
}

/// Throws UsageError when the folder holds a run that nobody wants to go on with or to lose.
void Run::refuse_old_run() const {
  std::error_code error;
  if (plan_.resume || options_.overwrite || !std::filesystem::exists(plan_.out / last_checkpoint, error)) return;
  throw UsageError(
      fmt::format("--out {} holds a run already; go on with it (--resume), start over (--overwrite) or give "
                  "another folder",
                  plan_.out.string()));
}

/// From here on the folder is this run's alone.
void Run::claim_folder() {
  make_folder(plan_.out);
  lock_.emplace(plan_.out);
  remove_temporaries(plan_.out);
  refuse_old_run();  // Another process may have made one meanwhile.
}

TrainingResult Run::operator()(const std::function<Device&()>& open, const std::function<bool()>& stop) {
  refuse_old_run();
  if (plan_.resume) claim_folder();
  prepare(open);
  const TrainingResult result = train(*device_, plan_, train_set_, validation_set_, *this, stop);
  end(result);
  return result;
}

void Run::end(const TrainingResult& result) {
  draw_loss_curve();
  const SampleRows samples = sample_rows(*device_, plan_, shown_);
  const Picture picture = sample_picture(samples);
  write_png(plan_.out / "samples.png", picture);
  record_["result"] = {{"end", result.end == TrainingEnd::finished ? "finished" : "stopped"},
                       {"steps", result.step},
                       {"epochs", result.epochs_done},
                       {"best_epoch", result.best_epoch}};
  if (plan_.target) record_["result"]["target_reached"] = result.target_reached;
  if (result.wait_ms) record_["result"]["wait_ms"] = *result.wait_ms;
  write_record(plan_.out, record_);
  tensorboard_->ended(picture);
  write_report(plan_, {record_, facts_.summary, facts_.noisy_psnr, facts_.floor}, samples);
  observer_.ended(record_["result"]);
}

}  // namespace

TrainingResult train_run(const std::function<Device&()>& device, const RunOptions& options, RunObserver& observer,
                         const std::function<bool()>& stop) {
  return Run(options, observer)(device, stop);
}

}  // namespace dae
