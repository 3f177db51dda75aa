#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "dae/device.hpp"
#include "host/idx.hpp"

namespace dae {

/// A set of images of one shape on a device, image i in slot i.
struct DeviceSet {
  std::unique_ptr<Pool> pool;
  Shape shape;                 ///< n images.
  std::uint32_t checksum = 0;  ///< CRC-32 of the pixels: a set is known again however its file was packed.
};

/// Copies a set to a device; the set itself is not needed any longer. Throws MemoryError.
DeviceSet upload(Device&, const ImageSet&);

/// Samples for images first .. n-1 in their order, noise drawn once and for ever.
std::vector<Sample> samples_in_order(const Shape& set, Domain, std::uint32_t first = 0);

}  // namespace dae
