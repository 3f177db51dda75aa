#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "dae/device.hpp"
#include "host/idx.hpp"
#include "host/photo_folder.hpp"

namespace dae {

/// Images on a device, image i in slot i: a set of one shape, or photos of any size of which samples are crops.
struct DeviceSet {
  std::unique_ptr<Pool> pool;
  Shape shape;                 ///< Of a sample; n is how many there are in an epoch.
  std::uint32_t checksum = 0;  ///< CRC-32 of the pixels: a set is known again however its file was packed.
  std::vector<Shape> photos;   ///< Sizes of the photos; empty for a set of one shape, where image i is sample i.
};

/// Copies a set to a device; the set itself is not needed any longer. Throws MemoryError.
DeviceSet upload(Device&, const ImageSet&);

/// Copies photos to a device. An epoch takes `crops` squares of `side` pixels of each. Throws MemoryError.
DeviceSet upload(Device&, const PhotoFolder&, int side, int crops);

/// Sample `index` of an epoch. The crop of a photo, one of its eight orientations included, follows from the seed, the
/// epoch and the index alone.
Sample sample_of(const DeviceSet&, std::uint32_t index, std::uint32_t epoch, std::uint64_t seed);

/// Samples for images first .. n-1 in their order, noise drawn once and for ever.
std::vector<Sample> samples_in_order(const Shape& set, Domain, std::uint32_t first = 0);

}  // namespace dae
