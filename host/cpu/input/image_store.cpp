#include "host/cpu/input/image_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "dae/error.hpp"

namespace dae::cpu {

CpuImageStore::CpuImageStore(std::uint32_t slots, std::size_t bytes) try
    : slots_(slots, bytes), bytes_(std::make_unique_for_overwrite<std::byte[]>(slots_.bytes())) {
} catch (const std::exception&) {
  throw MemoryError(fmt::format("an image store of {} images needs {} bytes, more than there is", slots, bytes));
}

void CpuImageStore::put(std::uint32_t slot, const Image& clean, const Image* noisy) {
  const ImageSlots::Slot& place = slots_.place(slot, clean, noisy);
  const auto copy = [&](const StoredImage& to, const Image& from) {
    std::copy_n(static_cast<const std::byte*>(pixels_of(from)), to.bytes(), bytes_.get() + to.offset);
  };
  copy(place.clean, clean);
  if (noisy != nullptr) copy(place.noisy, *noisy);
}

}  // namespace dae::cpu
