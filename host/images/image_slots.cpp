#include "host/images/image_slots.hpp"

#include <fmt/format.h>

#include "dae/error.hpp"

namespace dae {
namespace {

constexpr std::size_t alignment = sizeof(float);

std::size_t aligned(std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

StoredImage stored(const Image& image, std::uint32_t slot) {
  return std::visit(
      [&](auto pixels) {
        if (pixels.size() != image.shape.sample_size())
          throw UsageError(fmt::format("image for slot {}: got {} pixels, a {} image has {}", slot, pixels.size(),
                                       to_string(image.shape), image.shape.sample_size()));
        return StoredImage{image.shape, static_cast<PixelType>(sizeof pixels[0]), 0};
      },
      image.pixels);
}

}  // namespace

const void* pixels_of(const Image& image) {
  return std::visit([](auto pixels) -> const void* { return pixels.data(); }, image.pixels);
}

ImageSlots::ImageSlots(std::uint32_t slots, std::size_t bytes) : slots_(slots), bytes_(bytes + 2 * alignment * slots) {}

const ImageSlots::Slot& ImageSlots::place(std::uint32_t slot, const Image& clean, const Image* noisy) {
  if (slot >= slots_.size())
    throw UsageError(fmt::format("slot {}: the image store has {} slots", slot, slots_.size()));
  if (noisy != nullptr && noisy->shape.with_batch(1) != clean.shape.with_batch(1))
    throw UsageError(fmt::format("image for slot {}: its noisy counterpart is {}, it is {}", slot,
                                 to_string(noisy->shape), to_string(clean.shape)));
  const StoredImage first = stored(clean, slot), second = noisy != nullptr ? stored(*noisy, slot) : StoredImage{};
  const std::size_t need = aligned(first.bytes()) + aligned(second.bytes());
  Slot& to = slots_[slot];
  if (need > to.capacity) {
    if (need > bytes_ - used_)
      throw UsageError(fmt::format("slot {}: no room for {} bytes in an image store of {}", slot, need, bytes_));
    to.offset = used_;
    to.capacity = need;
    used_ += need;
  }
  to.clean = first;
  to.noisy = second;
  to.clean.offset = to.offset;
  to.noisy.offset = to.offset + aligned(first.bytes());
  return to;
}

void ImageSlots::check(const Sample& sample, const Shape& crop) const {
  if (sample.slot >= slots_.size())
    throw UsageError(fmt::format("a sample of slot {}: the image store has {} slots", sample.slot, slots_.size()));
  const StoredImage& image = slots_[sample.slot].clean;
  if (image.type == PixelType::none)
    throw UsageError(fmt::format("a sample of slot {}: no image was put there", sample.slot));
  if (image.shape.c != crop.c)
    throw UsageError(fmt::format("a sample of slot {}: its image has {} channels, the model reads {}", sample.slot,
                                 image.shape.c, crop.c));
  const bool transpose = sample.orientation & 4;
  const int height = transpose ? crop.w : crop.h, width = transpose ? crop.h : crop.w;
  if (sample.orientation > 7 || sample.y + height > image.shape.h || sample.x + width > image.shape.w)
    throw UsageError(
        fmt::format("a sample of slot {}: the crop of {}x{} at row {}, column {} does not lie in its {} image",
                    sample.slot, height, width, sample.y, sample.x, to_string(image.shape)));
}

}  // namespace dae
