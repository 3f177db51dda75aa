#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "host/data/device_set.hpp"
#include "host/training/training_plan.hpp"

namespace dae {

/// Samples that an epoch of the plan has: plan.epoch_images, or all of the set where that is 0 or more than there are.
std::uint64_t samples_an_epoch(const TrainingPlan&, const DeviceSet&);

/// Samples of a set of photos that are shuffled among themselves (see shuffled_in_groups): those of as many photos as
/// give 64 MiB of 8-bit crops, at most 8,192 crops. They do not depend on what fits into memory, or the order would.
std::size_t samples_together(const DeviceSet&);

/// The samples of an epoch, counted from 1, without its first `done`. Epochs that are shorter than the set go on where
/// the one before stopped: every sample is taken once before any is taken twice, in an order drawn anew for each pass
/// over the set. Crops and fresh noise are those of the pass.
std::vector<Sample> samples_of_epoch(const TrainingPlan&, const DeviceSet&, std::uint64_t epoch, std::uint64_t done);

/// Gives a training program the samples of an epoch: all at once, or where photos are streamed a few steps at a time.
class EpochFeed {
 public:
  EpochFeed(const DeviceSet& set, const TrainingPlan& plan, Program& program)
      : set_(set), plan_(plan), program_(program) {}

  /// Loads an epoch's samples but for the first `done`.
  void start(std::uint64_t epoch, std::uint64_t done);
  /// Loads more once the program has used what it had; false at the epoch's end. Throws InputError when a photo can no
  /// longer be read.
  bool more();
  /// A step has taken samples.
  void count_step() { ++steps_; }
  /// Steps of this process.
  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  /// Milliseconds that a step waited for photos to be read, on the average since `start` and in this process; nothing
  /// for a set of one shape.
  [[nodiscard]] std::optional<double> wait_ms_of_epoch() const { return wait_ms(epoch_); }
  [[nodiscard]] std::optional<double> wait_ms_of_run() const { return wait_ms({}); }

 private:
  struct Mark {
    std::uint64_t steps = 0;
    double waited = 0;
  };
  /// Seconds that steps waited so far.
  [[nodiscard]] double waited() const { return set_.stream ? set_.stream->waited() : 0; }
  [[nodiscard]] std::optional<double> wait_ms(const Mark& since) const;

  const DeviceSet& set_;
  const TrainingPlan& plan_;
  Program& program_;
  std::uint64_t steps_ = 0;
  Mark epoch_;  // as it began
};

}  // namespace dae
