#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string_view>

#include "dae/graph.hpp"
#include "host/data/device_set.hpp"

namespace dae {

/// Where images to train and to validate on come from: IDX files, folders with MNIST's names, or folders of photos.
struct DataOptions {
  std::string train, validation;  ///< Every tenth photo is set aside where `validation` is no folder of photos.
  std::string noisy = {},
              validation_noisy = {};  ///< Folders of the photos' noisy counterparts; empty where noise is drawn.
  int patch = 64, crops = 16;         ///< Photos: the crops' side, and crops of each an epoch.
  int loaders = 0;                    ///< Threads that read photos; 0: one a core.
  int cache_mb = 0;                   ///< MiB of photos that are kept in memory; 0: half of what there is.
  std::size_t limit = 0;              ///< Only the first so many images of each set; 0: all.
};

/// The images in host memory.
struct TrainingData {
  ImageSet images;     ///< To train on; empty where they are photos.
  PhotoFolder photos;  ///< To train on; empty where they are not.
  ImageSet validation;
  nlohmann::ordered_json record;  ///< For run.json.

  [[nodiscard]] bool of_photos() const { return !photos.photos.empty(); }
  /// The shape of one sample.
  [[nodiscard]] Shape sample() const { return validation.shape.with_batch(1); }
  /// Moves the training images to a device, for steps of `batch` samples.
  [[nodiscard]] DeviceSet upload(Device& device, const DataOptions& options, int batch);
};

/// Reads images and checks that they fit the network. `say` is told of files that were skipped. Throws InputError,
/// ShapeError, and UsageError for options that do not go together.
TrainingData read_training_data(const DataOptions& options, const Graph& graph,
                                const std::function<void(std::string_view)>& say);

}  // namespace dae
