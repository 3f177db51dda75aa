#include "cuda/image_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "dae/error.hpp"

namespace dae::cuda {
namespace {

/// Images begin at whole floats, so that a kernel may read them as 16 bit or float.
constexpr std::size_t kAlign = sizeof(float);
constexpr std::size_t kStaging = std::size_t{4} << 20;

std::size_t aligned(std::size_t bytes) { return (bytes + kAlign - 1) / kAlign * kAlign; }

struct Raw {
  const void* data = nullptr;
  std::size_t bytes = 0;
  std::uint8_t element = 0;
};

Raw raw(const Image& image, std::uint32_t slot) {
  return std::visit(
      [&](auto pixels) {
        if (pixels.size() != image.shape.sample_size())
          throw UsageError(fmt::format("image for slot {}: got {} pixels, a {} image has {}", slot, pixels.size(),
                                       to_string(image.shape), image.shape.sample_size()));
        return Raw{pixels.data(), pixels.size_bytes(), sizeof(pixels[0])};
      },
      image.pixels);
}

}  // namespace

CudaImageStore::CudaImageStore(std::shared_ptr<Context> context, std::uint32_t slots, std::size_t bytes, Where where)
    : context_(std::move(context)),
      where_(where),
      places_(slots),
      rooms_(slots),
      capacity_(bytes + 2 * kAlign * slots),
      uses_(std::make_shared<SlotUses>(slots)),
      first_changed_(slots) {
  if (where == Where::host) {
    try {
      host_pixels_ = std::make_unique_for_overwrite<unsigned char[]>(capacity_);
    } catch (const std::bad_alloc&) {
      throw MemoryError(fmt::format("an image store of {} images needs {} bytes, more than there is", slots, bytes));
    }
    return;
  }
  device_pixels_ = {MemoryKind::device, capacity_};
  device_places_ = {MemoryKind::device, slots};
  for (Staging& staging : staging_)
    staging.memory = {MemoryKind::pinned, std::clamp<std::size_t>(capacity_, sizeof(SlotPlace), kStaging)};
  context_->add_store_bytes(capacity_);
}

CudaImageStore::~CudaImageStore() {
  context_->drain();
  copies_.drain();
  context_->remove_store_bytes(device_pixels_.size());
}

void CudaImageStore::put(std::uint32_t slot, const Image& clean, const Image* noisy) {
  if (slot >= places_.size())
    throw UsageError(fmt::format("slot {}: the image store has {} slots", slot, places_.size()));
  if (noisy != nullptr && noisy->shape.with_batch(1) != clean.shape.with_batch(1))
    throw UsageError(fmt::format("image for slot {}: its noisy counterpart is {}, it is {}", slot,
                                 to_string(noisy->shape), to_string(clean.shape)));
  const Raw first = raw(clean, slot), second = noisy != nullptr ? raw(*noisy, slot) : Raw{};
  const std::size_t need = aligned(first.bytes) + aligned(second.bytes);
  Room& room = rooms_[slot];
  if (need > room.capacity) {
    if (need > capacity_ - used_)
      throw UsageError(fmt::format("slot {}: no room for {} bytes in an image store of {}", slot, need, capacity_));
    room = {used_, need};
    used_ += need;
  }
  context_->use();
  SlotPlace& place = places_[slot];
  place = {.clean = room.offset,
           .noisy = noisy != nullptr ? room.offset + aligned(first.bytes) : room.offset,
           .height = static_cast<std::uint32_t>(clean.shape.h),
           .width = static_cast<std::uint32_t>(clean.shape.w),
           .channels = static_cast<std::uint16_t>(clean.shape.c),
           .clean_bytes = first.element,
           .noisy_bytes = second.element};
  if (!on_device()) {
    std::memcpy(host_pixels_.get() + place.clean, first.data, first.bytes);
    if (noisy != nullptr) std::memcpy(host_pixels_.get() + place.noisy, second.data, second.bytes);
    return;
  }
  if (uses_->in_list(slot)) {
    send_staging();  // what was put before need not wait
    steps_.record(context_->stream());
    steps_.wait_on(copies_);
  }
  first_changed_ = std::min(first_changed_, slot);
  end_changed_ = std::max(end_changed_, slot + 1);
  write(device_pixels_.get() + place.clean, first.data, first.bytes);
  if (noisy != nullptr) write(device_pixels_.get() + place.noisy, second.data, second.bytes);
}

/// Gathers what lies side by side on the device into one copy.
void CudaImageStore::write(unsigned char* to, const void* from, std::size_t bytes) const {
  const auto* source = static_cast<const unsigned char*>(from);
  while (bytes > 0) {
    Staging* staging = &staging_[current_];
    // The gap that alignment leaves between neighbours is sent along; below the end it is a huge number.
    const std::uintptr_t end = reinterpret_cast<std::uintptr_t>(staging->to) + staging->used;
    const std::uintptr_t gap = reinterpret_cast<std::uintptr_t>(to) - end;
    if (staging->used > 0 && (gap >= kAlign || staging->used + gap >= staging->memory.size())) {
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

void CudaImageStore::check(const Sample& sample, const Shape& crop) const {
  if (sample.slot >= places_.size())
    throw UsageError(fmt::format("a sample of slot {}: the image store has {} slots", sample.slot, places_.size()));
  const SlotPlace& place = places_[sample.slot];
  if (place.clean_bytes == 0) throw UsageError(fmt::format("a sample of slot {}: no image was put there", sample.slot));
  if (place.channels != crop.c)
    throw UsageError(fmt::format("a sample of slot {}: its image has {} channels, the model reads {}", sample.slot,
                                 place.channels, crop.c));
  const bool swapped = (sample.orientation & 4u) != 0;
  const auto height = static_cast<std::uint32_t>(swapped ? crop.w : crop.h);
  const auto width = static_cast<std::uint32_t>(swapped ? crop.h : crop.w);
  if (sample.orientation > 7 || sample.y + height > place.height || sample.x + width > place.width)
    throw UsageError(
        fmt::format("a sample of slot {}: the crop of {}x{} at row {}, column {} does not lie in its {}x{} image",
                    sample.slot, height, width, sample.y, sample.x, place.height, place.width));
}

}  // namespace dae::cuda
