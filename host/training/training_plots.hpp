#pragma once

#include <filesystem>

#include "dae/device.hpp"
#include "host/data/device_set.hpp"
#include "host/data/idx.hpp"
#include "host/images/formats.hpp"
#include "host/training/training_plan.hpp"

namespace dae {

/// Writes loss.svg from the run's tables: loss per step, validation at epoch ends, the floor, and for the default
/// recipe on MNIST the figures of the notebook that the recipe comes from.
void write_loss_curve(const TrainingPlan&, const DeviceSet& train_set, const DeviceSet& validation_set,
                      std::optional<double> floor);

/// Validation images 1 to 10 (counted from 0, as the notebook shows them), one after the other in each row.
struct SampleRows {
  std::vector<float> original, noisy, denoised;
  Shape shape;  ///< One image's.
};

/// Denoised by the weights of last.safetensors.
SampleRows sample_rows(Device&, const TrainingPlan&, const ImageSet& shown);

/// samples.png: original, noisy and denoised.
Picture sample_picture(const SampleRows&);

/// Images 0 to 10 of a set, or what it has of them.
ImageSet images_to_show(const ImageSet&);

}  // namespace dae
