#include "cuda/image_pool.hpp"

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

ImagePool::ImagePool(std::shared_ptr<Context> context, std::uint32_t slots, std::size_t bytes, Where where)
    : context_(std::move(context)),
      where_(where),
      places_(slots),
      rooms_(slots),
      capacity_(bytes + 2 * kAlign * slots) {
  if (where == Where::host) {
    try {
      host_pixels_.resize(capacity_);
    } catch (const std::bad_alloc&) {
      throw MemoryError(fmt::format("a pool of {} images needs {} bytes, more than there is", slots, bytes));
    }
    return;
  }
  device_pixels_ = {Place::device, capacity_};
  device_places_ = {Place::device, slots};
  pinned_places_ = {Place::pinned, slots};
  for (Staging& staging : staging_) staging.memory = {Place::pinned, std::min<std::size_t>(kStaging, capacity_)};
}

ImagePool::~ImagePool() { context_->drain(); }

void ImagePool::put(std::uint32_t slot, const Image& clean, const Image* noisy) {
  if (slot >= places_.size()) throw UsageError(fmt::format("slot {}: the pool has {} slots", slot, places_.size()));
  if (noisy != nullptr && noisy->shape.with_batch(1) != clean.shape.with_batch(1))
    throw UsageError(fmt::format("image for slot {}: its noisy counterpart is {}, it is {}", slot,
                                 to_string(noisy->shape), to_string(clean.shape)));
  const Raw first = raw(clean, slot), second = noisy != nullptr ? raw(*noisy, slot) : Raw{};
  const std::size_t need = aligned(first.bytes) + aligned(second.bytes);
  Room& room = rooms_[slot];
  if (need > room.capacity) {
    if (need > capacity_ - used_)
      throw UsageError(fmt::format("slot {}: no room for {} bytes in a pool of {}", slot, need, capacity_));
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
  places_changed_ = true;
  write(place.clean, first.data, first.bytes);
  if (noisy != nullptr) write(place.noisy, second.data, second.bytes);
}

void ImagePool::write(std::uint64_t offset, const void* from, std::size_t bytes) {
  if (!on_device()) {
    std::memcpy(host_pixels_.data() + offset, from, bytes);
    return;
  }
  const auto* source = static_cast<const unsigned char*>(from);
  while (bytes > 0) {
    // The gap that alignment leaves between neighbours is sent along.
    Staging* staging = &staging_[current_];
    const std::uint64_t end = staging->first + staging->used;
    if (staging->used > 0 &&
        (offset < end || offset - end >= kAlign || offset - staging->first >= staging->memory.size())) {
      send_staging();
      staging = &staging_[current_];
    }
    if (staging->used == 0) {
      staging->copied.wait();
      staging->first = offset;
    }
    const auto at = static_cast<std::size_t>(offset - staging->first);
    const std::size_t part = std::min(bytes, staging->memory.size() - at);
    std::fill(staging->memory.get() + staging->used, staging->memory.get() + at, static_cast<unsigned char>(0));
    std::memcpy(staging->memory.get() + at, source, part);
    staging->used = at + part;
    source += part;
    offset += part;
    bytes -= part;
  }
}

void ImagePool::send_staging() const {
  Staging& staging = staging_[current_];
  if (staging.used == 0) return;
  // On the stream of the steps: those already enqueued still see the old image.
  copy_to_device(device_pixels_.get() + staging.first, staging.memory.get(), staging.used, context_->stream().get());
  staging.copied.record(context_->stream());
  staging.used = 0;
  current_ = 1 - current_;
}

void ImagePool::flush() const {
  if (!on_device()) return;
  send_staging();
  if (!places_changed_) return;
  // From a copy of their own: the next put may come before this one is sent.
  places_copied_.wait();
  std::ranges::copy(places_, pinned_places_.get());
  copy_to_device(device_places_.get(), pinned_places_.get(), places_.size() * sizeof(SlotPlace),
                 context_->stream().get());
  places_copied_.record(context_->stream());
  places_changed_ = false;
}

void ImagePool::check(const Sample& sample, const Shape& crop) const {
  if (sample.slot >= places_.size())
    throw UsageError(fmt::format("a sample of slot {}: the pool has {} slots", sample.slot, places_.size()));
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
