#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "host/checkpoint/checkpoint.hpp"
#include "host/data/device_set.hpp"
#include "host/training/training_plan.hpp"

namespace dae {

/// Where a run stands, beyond weights, moments and step.
struct TrainingPosition {
  std::uint64_t epoch = 1;     ///< At work, from 1; one more than the last when all is done.
  std::uint64_t samples = 0;   ///< Samples of that epoch, trained on so far.
  double loss_sum = 0;         ///< Over those samples.
  std::optional<double> best;  ///< Lowest val_loss so far.
  std::uint64_t best_epoch = 0;
  friend bool operator==(const TrainingPosition&, const TrainingPosition&) = default;
};

/// Checkpoint::run: the position and what must be the same to go on, as JSON. Depends on nothing else, so that the same
/// run gives the same bytes in any folder, on any number of threads, at any time.
std::string describe_run(const TrainingPosition&, const TrainingPlan&, const DeviceSet& train,
                         const DeviceSet& validation);

/// Where a checkpoint's run stands. Throws InputError when it was not written by a training run, and UsageError naming
/// what differs when the plan or the data are not those that it was started with; only `epochs`, `target` and `out` may
/// differ.
TrainingPosition position_to_resume(const Checkpoint&, const TrainingPlan&, const DeviceSet& train,
                                    const DeviceSet& validation);

}  // namespace dae
