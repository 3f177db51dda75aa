#include "host/training/training_plots.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/checkpoint/checkpoint.hpp"
#include "host/evaluation/evaluation.hpp"
#include "host/evaluation/metrics.hpp"
#include "host/files/atomic_file.hpp"
#include "host/files/csv_log.hpp"
#include "host/report/plot.hpp"
#include "host/report/samples.hpp"
#include "host/training/epoch_feed.hpp"

namespace dae {
namespace {

/// CRC-32 of MNIST's pixels: its figures belong to no other images of that size, such as Fashion-MNIST's.
constexpr std::uint32_t mnist_train = 0xf3639b56, mnist_test = 0xe4ca5f57;

bool is_default_recipe(const TrainingPlan& plan, const DeviceSet& train_set, const DeviceSet& validation_set) {
  const TrainingPlan usual;
  return plan.graph == preset("conv-dae-32") && plan.batch == usual.batch && plan.epoch_images == 0 &&
         plan.schedule == usual.schedule && plan.optimizer == usual.optimizer &&
         plan.noise.parts == NoiseRecipe{.parts = {Gaussian{}}}.parts && plan.noise.clip && plan.draw == usual.draw &&
         train_set.checksum == mnist_train && validation_set.checksum == mnist_test;
}

}  // namespace

void write_loss_curve(const TrainingPlan& plan, const DeviceSet& train_set, const DeviceSet& validation_set,
                      std::optional<double> floor) {
  LossCurve curve;
  curve.title = fmt::format("{}: loss", plan.graph.name);
  curve.floor = floor;
  const auto batch = static_cast<std::uint64_t>(plan.batch);
  curve.steps_per_epoch = static_cast<double>((samples_an_epoch(plan, train_set) + batch - 1) / batch);
  MergedPoints steps;
  for_each_row(plan.out / steps_table, [&](std::span<const double> row) { steps.add({row[0], row[2]}); });
  curve.steps = steps.points();
  for_each_row(plan.out / history_table, [&](std::span<const double> row) {
    curve.validation.push_back({row[0] * curve.steps_per_epoch, row[2]});
  });
  if (is_default_recipe(plan, train_set, validation_set)) {
    curve.references = {{{curve.steps_per_epoch, 0.1186}, "notebook 0.1186"},
                        {{2 * curve.steps_per_epoch, 0.1103}, "notebook 0.1103"}};
  }
  write_file(plan.out / "loss.svg", loss_svg(curve));
}

SampleRows sample_rows(Device& device, const TrainingPlan& plan, const ImageSet& shown) {
  const Checkpoint checkpoint = load_checkpoint(plan.out / last_checkpoint);
  SampleRows rows;
  rows.shape = shown.shape;
  const auto append = [](std::vector<float>& row, const std::vector<float>& image) {
    row.insert(row.end(), image.begin(), image.end());
  };
  const auto count = static_cast<std::uint32_t>(shown.shape.n);
  for (std::uint32_t i = std::min(1u, count - 1); i < count; ++i) {
    append(rows.original, unit_pixels(shown.image(i)));
    append(rows.noisy, noisy_image(shown, i, plan.noise));
  }
  rows.denoised.resize(rows.noisy.size());
  const TrainedNetwork network = load_network(device, checkpoint, plan.noise, static_cast<int>(count));
  network.program->predict(*network.state, rows.noisy, rows.denoised);
  return rows;
}

Picture sample_picture(const SampleRows& rows) {
  return sample_grid(std::vector{rows.original, rows.noisy, rows.denoised}, rows.shape);
}

ImageSet images_to_show(const ImageSet& set) {
  ImageSet shown{set.shape.with_batch(std::min(11, set.shape.n)), {}};
  shown.pixels.assign(set.pixels.begin(), set.pixels.begin() + static_cast<std::ptrdiff_t>(shown.shape.size()));
  if (!set.noisy.empty())
    shown.noisy.assign(set.noisy.begin(), set.noisy.begin() + static_cast<std::ptrdiff_t>(shown.shape.size()));
  return shown;
}

}  // namespace dae
