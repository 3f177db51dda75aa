#include "host/cpu/input/image_store.hpp"

#include <fmt/format.h>

#include <cstring>
#include <exception>

#include "dae/error.hpp"

namespace dae::cpu {
namespace {

constexpr std::size_t alignment = sizeof(float);

std::size_t aligned(std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

struct Raw {
  const void* data;
  std::size_t bytes;
  PixelType type;
};

Raw raw(const Image& image, std::uint32_t slot) {
  const auto of = [](auto pixels, PixelType type) { return Raw{pixels.data(), pixels.size_bytes(), type}; };
  struct Visitor {
    decltype(of)& make;
    Raw operator()(std::span<const std::uint8_t> p) const { return make(p, PixelType::u8); }
    Raw operator()(std::span<const std::uint16_t> p) const { return make(p, PixelType::u16); }
    Raw operator()(std::span<const float> p) const { return make(p, PixelType::f32); }
  };
  const std::size_t count = std::visit([](auto pixels) { return pixels.size(); }, image.pixels);
  if (count != image.shape.sample_size())
    throw UsageError(fmt::format("image for slot {}: got {} pixels, a {} image has {}", slot, count,
                                 to_string(image.shape), image.shape.sample_size()));
  return std::visit(Visitor{of}, image.pixels);
}

}  // namespace

CpuImageStore::CpuImageStore(std::uint32_t slots, std::size_t bytes) try
    : slots_(slots), size_(bytes + 2 * alignment * slots), bytes_(std::make_unique_for_overwrite<std::byte[]>(size_)) {
} catch (const std::exception&) {
  throw MemoryError(fmt::format("an image store of {} images needs {} bytes, more than there is", slots, bytes));
}

void CpuImageStore::put(std::uint32_t slot, const Image& clean, const Image* noisy) {
  if (slot >= slots_.size())
    throw UsageError(fmt::format("slot {}: the image store has {} slots", slot, slots_.size()));
  if (noisy != nullptr && noisy->shape.with_batch(1) != clean.shape.with_batch(1))
    throw UsageError(fmt::format("image for slot {}: its noisy counterpart is {}, it is {}", slot,
                                 to_string(noisy->shape), to_string(clean.shape)));
  const Raw first = raw(clean, slot);
  const Raw second = noisy != nullptr ? raw(*noisy, slot) : Raw{nullptr, 0, PixelType::none};
  const std::size_t need = aligned(first.bytes) + aligned(second.bytes);

  Slot& to = slots_[slot];
  if (need > to.capacity) {
    if (need > size_ - used_)
      throw UsageError(fmt::format("slot {}: no room for {} bytes in an image store of {}", slot, need, size_));
    to.offset = used_;
    to.capacity = need;
    used_ += need;
  }
  const auto store = [&](const Raw& from, const Shape& shape, std::size_t offset) {
    if (from.bytes > 0) std::memcpy(bytes_.get() + offset, from.data, from.bytes);
    return StoredImage{shape, from.type, offset};
  };
  to.clean = store(first, clean.shape, to.offset);
  to.noisy = store(second, clean.shape, to.offset + aligned(first.bytes));
}

}  // namespace dae::cpu
