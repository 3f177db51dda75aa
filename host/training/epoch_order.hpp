#pragma once

#include <cstdint>
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

}  // namespace dae
