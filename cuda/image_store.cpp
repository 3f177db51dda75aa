#include "cuda/image_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "dae/error.hpp"

namespace dae::cuda {
namespace {

constexpr std::size_t kStaging = std::size_t{4} << 20;

}  // namespace

CudaImageStore::CudaImageStore(std::shared_ptr<Context> context, std::uint32_t slots, std::size_t bytes, Where where)
    : context_(std::move(context)),
      where_(where),
      places_(slots),
      slots_(slots, bytes),
      uses_(std::make_shared<SlotUses>(slots)),
      first_changed_(slots) {
  if (where == Where::host) {
    try {
      host_pixels_ = std::make_unique_for_overwrite<unsigned char[]>(slots_.bytes());
    } catch (const std::bad_alloc&) {
      throw MemoryError(fmt::format("an image store of {} images needs {} bytes, more than there is", slots, bytes));
    }
    return;
  }
  device_pixels_ = {MemoryKind::device, slots_.bytes()};
  device_places_ = {MemoryKind::device, slots};
  for (Staging& staging : staging_)
    staging.memory = {MemoryKind::pinned, std::clamp<std::size_t>(slots_.bytes(), sizeof(SlotPlace), kStaging)};
  context_->add_store_bytes(slots_.bytes());
}

CudaImageStore::~CudaImageStore() {
  context_->drain();
  copies_.drain();
  context_->remove_store_bytes(device_pixels_.size());
}

void CudaImageStore::put(std::uint32_t slot, const Image& clean, const Image* noisy) {
  const ImageSlots::Slot& stored = slots_.place(slot, clean, noisy);
  context_->use();
  SlotPlace& place = places_[slot];
  place = {.clean = stored.clean.offset,
           .noisy = noisy != nullptr ? stored.noisy.offset : stored.clean.offset,
           .height = static_cast<std::uint32_t>(clean.shape.h),
           .width = static_cast<std::uint32_t>(clean.shape.w),
           .channels = static_cast<std::uint16_t>(clean.shape.c),
           .clean_bytes = static_cast<std::uint8_t>(stored.clean.type),
           .noisy_bytes = static_cast<std::uint8_t>(stored.noisy.type)};
  if (!on_device()) {
    std::memcpy(host_pixels_.get() + place.clean, pixels_of(clean), stored.clean.bytes());
    if (noisy != nullptr) std::memcpy(host_pixels_.get() + place.noisy, pixels_of(*noisy), stored.noisy.bytes());
    return;
  }
  if (uses_->in_list(slot)) {
    send_staging();  // what was put before need not wait
    steps_.record(context_->stream());
    steps_.wait_on(copies_);
  }
  first_changed_ = std::min(first_changed_, slot);
  end_changed_ = std::max(end_changed_, slot + 1);
  write(device_pixels_.get() + place.clean, pixels_of(clean), stored.clean.bytes());
  if (noisy != nullptr) write(device_pixels_.get() + place.noisy, pixels_of(*noisy), stored.noisy.bytes());
}

/// Gathers what lies side by side on the device into one copy.
void CudaImageStore::write(unsigned char* to, const void* from, std::size_t bytes) const {
  const auto* source = static_cast<const unsigned char*>(from);
  while (bytes > 0) {
    Staging* staging = &staging_[current_];
    // The gap that alignment leaves between neighbours is sent along; below the end it is a huge number.
    const std::uintptr_t end = reinterpret_cast<std::uintptr_t>(staging->to) + staging->used;
    const std::uintptr_t gap = reinterpret_cast<std::uintptr_t>(to) - end;
    if (staging->used > 0 && (gap >= sizeof(float) || staging->used + gap >= staging->memory.size())) {
      send_staging();
      staging = &staging_[current_];
    }
    if (staging->used == 0) {
      staging->copied.wait();
      staging->to = to;
    }
    const auto at = static_cast<std::size_t>(to - staging->to);
    const std::size_t part = std::min(bytes, staging->memory.size() - at);
    std::fill(staging->memory.get() + staging->used, staging->memory.get() + at, static_cast<unsigned char>(0));
    std::memcpy(staging->memory.get() + at, source, part);
    staging->used = at + part;
    source += part;
    to += part;
    bytes -= part;
  }
}

void CudaImageStore::send_staging() const {
  Staging& staging = staging_[current_];
  if (staging.used == 0) return;
  uses_->wait_for_closed(copies_);
  copy_to_device(staging.to, staging.memory.get(), staging.used, copies_.get());
  staging.copied.record(copies_);
  staging.used = 0;
  current_ = 1 - current_;
  unseen_ = true;
}

void CudaImageStore::flush() const {
  if (!on_device()) return;
  send_staging();
  if (first_changed_ < end_changed_) {
    // Places between those that changed are sent along, as they are.
    write(reinterpret_cast<unsigned char*>(device_places_.get() + first_changed_), places_.data() + first_changed_,
          (end_changed_ - first_changed_) * sizeof(SlotPlace));
    send_staging();
    first_changed_ = static_cast<std::uint32_t>(places_.size());
    end_changed_ = 0;
  }
  if (!unseen_) return;
  sent_.record(copies_);
  sent_.wait_on(context_->stream());
  unseen_ = false;
}

}  // namespace dae::cuda
