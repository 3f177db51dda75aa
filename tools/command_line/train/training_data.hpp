#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string_view>

#include "host/data/device_set.hpp"
#include "tools/command_line/train/train_flags.hpp"

namespace dae {

/// What --train-data and --val-data stand for, in host memory.
struct TrainingData {
  ImageSet images;     ///< To train on; empty when they are photos.
  PhotoFolder photos;  ///< Likewise.
  ImageSet validation;
  nlohmann::ordered_json record;  ///< For run.json.

  [[nodiscard]] bool of_photos() const { return !photos.photos.empty(); }
  /// Of one sample.
  [[nodiscard]] Shape sample() const { return validation.shape.with_batch(1); }
  /// Moves the training images to a device.
  [[nodiscard]] DeviceSet upload(Device& device, const TrainFlags& flags);
};

/// Reads them and checks that they fit the network. `say` is told of files that were skipped. Throws InputError and
/// ShapeError.
TrainingData read_training_data(const TrainFlags& flags, bool own_validation, const Graph& graph,
                                const std::function<void(std::string_view)>& say);

}  // namespace dae
