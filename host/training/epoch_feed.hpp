#pragma once

#include <cstdint>

#include "host/data/device_set.hpp"
#include "host/training/training_plan.hpp"

namespace dae {

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
  /// Seconds that steps waited for photos to be read so far.
  [[nodiscard]] double waited() const { return set_.stream ? set_.stream->waited() : 0; }

 private:
  const DeviceSet& set_;
  const TrainingPlan& plan_;
  Program& program_;
};

}  // namespace dae
