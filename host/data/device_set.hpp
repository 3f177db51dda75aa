#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "dae/device.hpp"
#include "host/data/idx.hpp"
#include "host/data/photo_folder.hpp"
#include "host/data/photo_stream.hpp"

namespace dae {

/// Images on a device, image i in slot i: a set of one shape, or photos of any size of which samples are crops.
struct DeviceSet {
  std::unique_ptr<ImageStore> store;
  Shape shape;                 ///< A sample's shape; n is how many there are in an epoch.
  std::uint32_t checksum = 0;  ///< CRC-32 of the pixels: a set is known again however its file was packed.
  std::vector<Shape> photos;   ///< Sizes of the photos; empty for a set of one shape, where image i is sample i.
  std::unique_ptr<PhotoStream>
      stream;  ///< Brings the crops of photos that are not in the image store; null where all are.
};

/// Copies a set to a device; the set itself is not needed any longer. Throws MemoryError.
DeviceSet upload(Device&, const ImageSet&);

/// How photos become samples.
struct CropOptions {
  int side = 64, crops = 16;  ///< An epoch takes `crops` squares of `side` pixels of each photo.
  int loaders = 1;            ///< Threads that read photos which are not kept.
  int batch = 1;              ///< Samples of a step.
};

/// Moves the photos' pixels to a device. Those that are not kept will be read again in every epoch. Throws MemoryError,
/// and UsageError for more samples than can be counted.
DeviceSet upload(Device&, PhotoFolder&&, const CropOptions&);

/// Sample `index` of an epoch. The crop of a photo, one of its eight orientations included, follows from the seed, the
/// epoch and the index alone.
Sample sample_of(const DeviceSet&, std::uint32_t index, std::uint32_t epoch, std::uint64_t seed);

/// Samples for images first .. n-1 in their order, noise drawn once and for ever.
std::vector<Sample> samples_in_order(const Shape& set, RngStream, std::uint32_t first = 0);

}  // namespace dae
