#include "host/device_set.hpp"

#include <zlib.h>

namespace dae {

DeviceSet upload(Device& device, const ImageSet& set) {
  const auto count = static_cast<std::uint32_t>(set.shape.n);
  DeviceSet out{device.make_pool(count, set.pixels.size()), set.shape, 0};
  for (std::uint32_t i = 0; i < count; ++i) out.pool->put(i, set.image(i));
  out.checksum = static_cast<std::uint32_t>(crc32_z(0, set.pixels.data(), set.pixels.size()));
  return out;
}

std::vector<Sample> samples_in_order(const Shape& set, Domain domain, std::uint32_t first) {
  std::vector<Sample> samples;
  for (std::uint32_t i = first; i < static_cast<std::uint32_t>(set.n); ++i) {
    samples.push_back({.slot = i, .id = i, .domain = domain});
  }
  return samples;
}

}  // namespace dae
