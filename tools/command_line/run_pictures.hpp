#pragma once

#include <filesystem>

#include "dae/device.hpp"
#include "host/device_set.hpp"
#include "host/idx.hpp"
#include "host/training_plan.hpp"

namespace dae {

/// Writes loss.svg from the run's tables: loss per step, validation at epoch ends, the floor, and for the default
/// recipe on MNIST the figures of the notebook that the recipe comes from.
void write_loss_curve(const TrainingPlan&, const DeviceSet& train_set, const DeviceSet& validation_set,
                      std::optional<double> floor);

/// Writes samples.png: original, noisy and reconstructed validation images 1 to 10 (counted from 0, as the notebook
/// shows them), by the weights of last.safetensors.
void write_samples(Device&, const TrainingPlan&, const ImageSet& shown);

/// Images 0 to 10 of a set, or what it has of them.
ImageSet images_to_show(const ImageSet&);

}  // namespace dae
