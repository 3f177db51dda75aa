#include "host/data/device_set.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <limits>
#include <span>

#include "dae/error.hpp"
#include "host/noise/philox.hpp"

namespace dae {

namespace {

/// Steps whose streamed crops are in the image store at once.
constexpr int ring_steps = 2 * PhotoStream::steps_at_once;

/// zlib starts over where it is given no bytes at all.
std::uint32_t crc_of(std::span<const std::byte> bytes, std::uint32_t before) {
  if (bytes.empty()) return before;
  return static_cast<std::uint32_t>(
      crc32_z(before, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

}  // namespace

DeviceSet upload(Device& device, const ImageSet& set) {
  const auto count = static_cast<std::uint32_t>(set.shape.n);
  DeviceSet out{
      device.make_image_store(count, set.pixels.size() + set.noisy.size() * sizeof(float)), set.shape, 0, {}, {}};
  for (std::uint32_t i = 0; i < count; ++i) {
    const Image noisy = set.noisy.empty() ? Image{} : set.noisy_image(i);
    out.store->put(i, set.image(i), set.noisy.empty() ? nullptr : &noisy);
  }
  out.checksum = crc_of(std::as_bytes(std::span(set.noisy)), crc_of(std::as_bytes(std::span(set.pixels)), 0));
  return out;
}

DeviceSet upload(Device& device, PhotoFolder&& folder, const CropOptions& options) {
  const auto count = static_cast<std::uint32_t>(folder.photos.size());
  const std::uint64_t samples = std::uint64_t{count} * static_cast<std::uint64_t>(options.crops);
  if (samples > std::numeric_limits<int>::max())
    throw UsageError(fmt::format("--crops {}: {} photos would give {} samples an epoch, more than can be counted",
                                 options.crops, count, samples));
  const Shape sample{1, options.side, options.side, folder.photos.front().shape.c};
  std::size_t bytes = 0;
  bool all_kept = true;
  for (const Photo& photo : folder.photos) {
    bytes += photo.kept ? photo.bytes : 0;
    all_kept = all_kept && photo.kept;
  }
  const std::uint32_t ring = all_kept ? 0 : static_cast<std::uint32_t>(ring_steps * options.batch);
  DeviceSet out{device.make_image_store(count + ring, bytes + ring * PhotoStream::largest_crop(sample)),
                sample.with_batch(static_cast<int>(samples)),
                0,
                {},
                {}};
  uLong checksum = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    Photo& photo = folder.photos[i];
    out.photos.push_back(photo.shape);
    checksum = crc32_combine(checksum, photo.checksum, static_cast<z_off_t>(photo.bytes));
    if (!photo.kept) continue;
    const Image clean = photo.kept->clean.image(), noisy = photo.kept->noisy ? photo.kept->noisy->image() : Image{};
    out.store->put(i, clean, photo.kept->noisy ? &noisy : nullptr);
    photo.kept.reset();  // The image store has it: two copies of all of them might not fit.
    photo.file.clear();
  }
  out.checksum = static_cast<std::uint32_t>(checksum);
  if (!all_kept)
    out.stream = std::make_unique<PhotoStream>(std::move(folder.photos), sample, *out.store, ring, options.loaders);
  return out;
}

Sample sample_of(const DeviceSet& set, std::uint32_t index, std::uint32_t epoch, std::uint64_t seed) {
  Sample sample{.slot = index, .id = index, .epoch = epoch};
  if (set.photos.empty()) return sample;
  const auto crops = static_cast<std::uint32_t>(static_cast<std::size_t>(set.shape.n) / set.photos.size());
  sample.slot = index / crops;
  const Shape& photo = set.photos[sample.slot];
  const Words words = random_words(seed, RngStream::crop, epoch, index, 0);
  // The high half of word x count is uniform on 0 .. count - 1 up to 2^-32 x count.
  const auto draw = [&words](std::size_t word, int count) {
    return static_cast<std::uint16_t>((std::uint64_t{words[word]} * static_cast<std::uint64_t>(count)) >> 32);
  };
  sample.y = draw(0, photo.h - set.shape.h + 1);
  sample.x = draw(1, photo.w - set.shape.w + 1);
  sample.orientation = static_cast<Orientation>(draw(2, 8));
  return sample;
}

std::vector<Sample> samples_in_order(const Shape& set, RngStream rng_stream, std::uint32_t first) {
  std::vector<Sample> samples;
  for (std::uint32_t i = first; i < static_cast<std::uint32_t>(set.n); ++i) {
    samples.push_back({.slot = i, .id = i, .rng_stream = rng_stream});
  }
  return samples;
}

}  // namespace dae
