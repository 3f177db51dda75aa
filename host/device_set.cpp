#include "host/device_set.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <limits>
#include <span>

#include "dae/error.hpp"
#include "host/philox.hpp"

namespace dae {

DeviceSet upload(Device& device, const ImageSet& set) {
  const auto count = static_cast<std::uint32_t>(set.shape.n);
  DeviceSet out{device.make_pool(count, set.pixels.size()), set.shape, 0, {}};
  for (std::uint32_t i = 0; i < count; ++i) out.pool->put(i, set.image(i));
  out.checksum = static_cast<std::uint32_t>(crc32_z(0, set.pixels.data(), set.pixels.size()));
  return out;
}

DeviceSet upload(Device& device, const PhotoFolder& folder, int side, int crops) {
  const auto bytes_of = [](const Photo& photo) {
    return std::visit([](const auto& pixels) { return std::as_bytes(std::span(pixels)); }, photo.picture.pixels);
  };
  std::size_t bytes = 0;
  for (const Photo& photo : folder.photos) bytes += bytes_of(photo).size();
  const auto count = static_cast<std::uint32_t>(folder.photos.size());
  const std::uint64_t samples = std::uint64_t{count} * static_cast<std::uint64_t>(crops);
  if (samples > std::numeric_limits<int>::max())
    throw UsageError(fmt::format("--crops {}: {} photos would give {} samples an epoch, more than can be counted",
                                 crops, count, samples));
  DeviceSet out{device.make_pool(count, bytes),
                {static_cast<int>(samples), side, side, folder.photos.front().picture.shape.c},
                0,
                {}};
  uLong checksum = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const Photo& photo = folder.photos[i];
    out.pool->put(i, photo.picture.image());
    out.photos.push_back(photo.picture.shape);
    const auto pixels = bytes_of(photo);
    checksum = crc32_z(checksum, reinterpret_cast<const unsigned char*>(pixels.data()), pixels.size());
  }
  out.checksum = static_cast<std::uint32_t>(checksum);
  return out;
}

Sample sample_of(const DeviceSet& set, std::uint32_t index, std::uint32_t epoch, std::uint64_t seed) {
  Sample sample{.slot = index, .id = index, .epoch = epoch};
  if (set.photos.empty()) return sample;
  const auto crops = static_cast<std::uint32_t>(static_cast<std::size_t>(set.shape.n) / set.photos.size());
  sample.slot = index / crops;
  const Shape& photo = set.photos[sample.slot];
  const Words words = random_words(seed, Domain::crop, epoch, index, 0);
  // The high half of word x count is uniform on 0 .. count - 1 up to 2^-32 x count.
  const auto draw = [&words](std::size_t word, int count) {
    return static_cast<std::uint16_t>((std::uint64_t{words[word]} * static_cast<std::uint64_t>(count)) >> 32);
  };
  sample.y = draw(0, photo.h - set.shape.h + 1);
  sample.x = draw(1, photo.w - set.shape.w + 1);
  sample.orientation = static_cast<Orientation>(draw(2, 8));
  return sample;
}

std::vector<Sample> samples_in_order(const Shape& set, Domain domain, std::uint32_t first) {
  std::vector<Sample> samples;
  for (std::uint32_t i = first; i < static_cast<std::uint32_t>(set.n); ++i) {
    samples.push_back({.slot = i, .id = i, .domain = domain});
  }
  return samples;
}

}  // namespace dae
