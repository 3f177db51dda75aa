#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "dae/device.hpp"
#include "host/checkpoint/checkpoint.hpp"
#include "host/data/device_set.hpp"
#include "host/training/training_plan.hpp"

/// \file
/// Training: the loop over epochs and steps, its tables and its checkpoints. Nothing here knows of terminals or
/// signals.
namespace dae {

/// How far a run is, as far as that is known without waiting for the device; see TrainingObserver::interval.
struct TrainingProgress {
  std::uint64_t step = 0;  ///< In the whole run, from 1.
  std::uint64_t epoch = 1, epochs = 1;
  std::uint64_t samples = 0, epoch_samples = 0;  ///< Done in this epoch, and all of it.
  double loss = 0;                               ///< Mean over the epoch so far.
  double images_per_s = 0;                       ///< In this epoch.
  double seconds_left = 0;                       ///< To the end of the last epoch at that speed.
  std::optional<double> wait_ms = {};            ///< As of EpochResult, in this epoch so far.
};

/// A row of history.csv.
struct EpochResult {
  std::uint64_t epoch = 1, epochs = 1;
  double loss = 0;      ///< Mean over the epoch's samples, each taken at its own step.
  double val_loss = 0;  ///< Mean over the validation images, after the epoch.
  double val_psnr = 0;  ///< Mean over the validation images.
  double seconds = 0;   ///< Training only, in this process.
  double images_per_s = 0;
  bool best = false;  ///< The lowest val_loss so far.
  /// How long a step waited for photos to be read, on the average; nothing for a set of one shape.
  std::optional<double> wait_ms = {};
};

/// Is told what happens.
class TrainingObserver {
 public:
  virtual ~TrainingObserver() = default;
  /// Everything is checked and compiled; from now on files are written.
  virtual void starting(const ChosenPlans&) {}
  /// No two calls of `progressed` in an epoch come sooner after each other.
  [[nodiscard]] virtual std::chrono::milliseconds interval() const { return std::chrono::milliseconds(100); }
  virtual void progressed(const TrainingProgress&) {}
  /// After the tables and checkpoints of the epoch were written.
  virtual void epoch_ended(const EpochResult&) {}
};

enum class TrainingEnd { finished, step_limit, stop_requested };

struct TrainingResult {
  TrainingEnd end = TrainingEnd::finished;
  std::uint64_t step = 0;  ///< In the whole run.
  std::uint64_t epochs_done = 0;
  std::uint64_t best_epoch = 0;        ///< 0 before the first epoch's end.
  bool target_reached = false;         ///< See TrainingPlan::target.
  std::optional<double> wait_ms = {};  ///< As of EpochResult, of all steps since this start.
};

/// Throws ShapeError when the two sets have images of different sizes, or the graph does not turn them into images of
/// the same size.
void check_shapes(const Graph&, const Shape& train_set, const Shape& validation_set);

/// Trains by plan and writes history.csv and steps.csv (their rows at every epoch's end and at a stop),
/// last.safetensors (at the start too) and best.safetensors (lowest val_loss) into plan.out, which must exist. Waits
/// for the device at these moments only. Every image is used once an epoch (see host/training/epoch_feed.hpp for
/// shorter ones), in an order drawn anew for each epoch. `stop` is asked between steps. A run that was stopped, or
/// killed, and resumed ends with the same bytes as one that was not. Throws NumericError when a loss or a weight is no
/// longer finite, keeping the checkpoints of before; ShapeError when the graph does not turn images of the sets into
/// images of the same shape; UsageError when plan.resume and the plan does not fit the checkpoint; InputError,
/// OutputError, DeviceError.
TrainingResult train(Device&, const TrainingPlan& plan, const DeviceSet& train_set, const DeviceSet& validation_set,
                     TrainingObserver&, const std::function<bool()>& stop);

}  // namespace dae
