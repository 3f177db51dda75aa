#include "cuda/feed.hpp"

#include <algorithm>
#include <cstring>

#include "dae/error.hpp"

namespace dae::cuda {
namespace {

/// Steps in a window of a streamed list: enough that its copy is one long transfer.
constexpr std::size_t kWindowSteps = 32;
constexpr std::size_t kAlign = sizeof(float);

/// Grows only, so that epochs of one size allocate once. What is enqueued must be done with the old memory.
template <class T>
void reserve(Memory<T>& memory, MemoryKind place, std::size_t count) {
  if (memory.size() < count) memory = Memory<T>(place, count);
}

std::size_t aligned(std::size_t bytes) { return (bytes + kAlign - 1) / kAlign * kAlign; }

}  // namespace

Feed::Feed(std::shared_ptr<Context> context, StepParams* params, const Shape& batch)
    : context_(std::move(context)), params_(params), batch_(batch) {}

Feed::~Feed() {
  try {
    close_list();
  } catch (const DeviceError&) {
    // The device is broken: whoever asks it next will know.
  }
  context_->drain();
  copies_.drain();
}

void Feed::load(const CudaImageStore& store, std::span<const Sample> samples) {
  for (const Sample& sample : samples) store.slots().check(sample, batch_);
  store.flush();  // beside the steps of the list before, which end with close_list
  close_list();
  store_ = &store;
  left_ = samples.size();
  if (store.on_device())
    load_resident(samples);
  else
    load_streamed(samples);
}

/// No more steps of the list that was loaded last.
void Feed::close_list() {
  if (!uses_) return;
  uses_->close(listed_, context_->stream());
  listed_.clear();
  uses_.reset();
}

void Feed::load_resident(std::span<const Sample> samples) {
  list_.clear();
  for (const Sample& sample : samples) listed_.push_back(sample.slot);
  uses_ = store_->uses();
  uses_->open(listed_);
  current_ = 1 - current_;  // the other list may still be read
  Window& window = windows_[current_];
  window.used.wait();
  window.sent.wait();
  reserve(window.samples, MemoryKind::device, samples.size());
  reserve(window.pinned_samples, MemoryKind::pinned, samples.size());
  std::ranges::copy(samples, window.pinned_samples.get());
  const cudaStream_t stream = context_->stream().get();
  copy_to_device(window.samples.get(), window.pinned_samples.get(), samples.size_bytes(), stream);
  window.used.record(context_->stream());
  left_in_window_ = samples.size();
  store(stream, &params_->batch,
        Batch{window.samples.get(), store_->device_places(), store_->device_pixels(), 0,
              static_cast<std::uint32_t>(samples.size())});
}

void Feed::load_streamed(std::span<const Sample> samples) {
  list_.assign(samples.begin(), samples.end());
  filled_ = left_in_window_ = 0;
  windows_[current_].used.record(context_->stream());
  fill(windows_[current_]);
}

std::size_t Feed::crop_bytes(const Sample& sample) const {
  const SlotPlace& place = store_->places()[sample.slot];
  const std::size_t pixels = batch_.sample_size();
  return aligned(pixels * place.clean_bytes) + (place.noisy == place.clean ? 0 : aligned(pixels * place.noisy_bytes));
}

void Feed::make_room(Window& window, std::size_t samples, std::size_t bytes) {
  if (window.pixels.size() < bytes || window.samples.size() < samples) window.used.wait();
  reserve(window.samples, MemoryKind::device, samples);
  reserve(window.places, MemoryKind::device, samples);
  reserve(window.pixels, MemoryKind::device, bytes);
  reserve(window.pinned_samples, MemoryKind::pinned, samples);
  reserve(window.pinned_places, MemoryKind::pinned, samples);
  reserve(window.pinned_pixels, MemoryKind::pinned, bytes);
}

/// Copies a sample's crops, clean and noisy, to `pixels` from `at` on, which moves behind them.
SlotPlace Feed::copy_crops(const Sample& sample, unsigned char* pixels, std::uint64_t& at) const {
  const SlotPlace& from = store_->places()[sample.slot];
  const bool swapped = (sample.orientation & 4u) != 0;
  SlotPlace to = from;
  to.height = static_cast<std::uint32_t>(swapped ? batch_.w : batch_.h);
  to.width = static_cast<std::uint32_t>(swapped ? batch_.h : batch_.w);
  const auto copy = [&](std::uint64_t image, std::size_t element) {
    const std::size_t row = to.width * from.channels * element;
    const unsigned char* corner =
        store_->host_pixels() + image + (std::size_t{sample.y} * from.width + sample.x) * from.channels * element;
    for (std::uint32_t y = 0; y < to.height; ++y)
      std::memcpy(pixels + at + y * row, corner + std::size_t{y} * from.width * from.channels * element, row);
    const std::uint64_t place = at;
    at += aligned(to.height * row);
    return place;
  };
  to.clean = copy(from.clean, from.clean_bytes);
  to.noisy = from.noisy == from.clean ? to.clean : copy(from.noisy, from.noisy_bytes);
  return to;
}

/// Copies the crops of the next samples of the list, as images of their own, to a window.
void Feed::fill(Window& window) {
  window.sent.wait();  // its pinned memory is being read
  const std::size_t most = kWindowSteps * static_cast<std::size_t>(batch_.n);
  const std::size_t count = std::min(most, list_.size() - filled_);
  const auto samples = std::span(list_).subspan(filled_, count);
  filled_ += count;
  window.count = static_cast<std::uint32_t>(count);
  if (count == 0) return;

  std::size_t bytes = 0;
  for (const Sample& sample : samples) bytes += crop_bytes(sample);
  make_room(window, count, bytes);
  std::uint64_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    window.pinned_places.get()[i] = copy_crops(samples[i], window.pinned_pixels.get(), at);
    Sample& sample = window.pinned_samples.get()[i];
    sample = samples[i];
    sample.slot = static_cast<std::uint32_t>(i);
    sample.y = sample.x = 0;
  }
  window.used.wait_on(copies_);
  copy_to_device(window.samples.get(), window.pinned_samples.get(), count * sizeof(Sample), copies_.get());
  copy_to_device(window.places.get(), window.pinned_places.get(), count * sizeof(SlotPlace), copies_.get());
  copy_to_device(window.pixels.get(), window.pinned_pixels.get(), bytes, copies_.get());
  window.sent.record(copies_);
}

void Feed::enter(const Window& window) {
  window.sent.wait_on(context_->stream());
  store(context_->stream().get(), &params_->batch,
        Batch{window.samples.get(), window.places.get(), window.pixels.get(), 0, window.count});
  left_in_window_ = window.count;
}

std::size_t Feed::take() {
  if (left_ == 0) return 0;
  store_->flush();
  if (left_in_window_ == 0) {  // streamed lists only
    Window& next = windows_[current_];
    enter(next);
    current_ = 1 - current_;
    // The other window's last step is enqueued: it is free once that is done, and the copies wait for it.
    windows_[current_].used.record(context_->stream());
    fill(windows_[current_]);
  }
  const std::size_t count = std::min<std::size_t>({left_, left_in_window_, static_cast<std::size_t>(batch_.n)});
  left_ -= count;
  left_in_window_ -= count;
  return count;
}

}  // namespace dae::cuda
