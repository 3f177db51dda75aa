#include "host/data/photo_stream.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "host/data/photo_folder.hpp"

namespace dae {
namespace {

constexpr std::uint32_t no_job = ~std::uint32_t{0};

}  // namespace

PhotoStream::PhotoStream(std::vector<Photo> photos, const Shape& sample, ImageStore& store, std::uint32_t ring,
                         int loaders)
    : photos_(std::move(photos)), sample_(sample), store_(store), ring_(ring) {
  // A slot keeps the room of its first image: the largest that may come.
  const std::vector<float> blank(sample.sample_size());
  const Image image{sample.with_batch(1), std::span(blank)};
  for (std::uint32_t i = 0; i < ring; ++i) store_.put(static_cast<std::uint32_t>(photos_.size()) + i, image, &image);
  for (int i = 0; i < std::max(loaders, 1); ++i)
    loaders_.emplace_back([this](const std::stop_token& stop) { load(stop); });
}

void PhotoStream::start(std::vector<Sample> samples, std::size_t group, std::size_t before) {
  std::vector<Job> jobs;
  // The latest job of each photo: in the next group a photo is read anew.
  std::vector<std::uint32_t> job_of(photos_.size(), no_job);
  for (std::size_t place = 0; place < samples.size(); ++place) {
    const std::uint32_t photo = samples[place].slot;
    if (photos_[photo].file.empty()) continue;
    const std::size_t its_group = (before + place) / group;
    if (job_of[photo] == no_job || jobs[job_of[photo]].group != its_group) {
      job_of[photo] = static_cast<std::uint32_t>(jobs.size());
      jobs.push_back({photo, its_group, {}});
    }
    jobs[job_of[photo]].places.push_back(place);
  }
  const std::lock_guard lock(mutex_);
  samples_ = std::move(samples);
  jobs_ = std::move(jobs);
  crops_.clear();
  error_ = nullptr;
  at_ = next_job_ = 0;
  group_size_ = group;
  before_ = before;
  group_ = before / group;
  ++list_;
  room_.notify_all();
}

std::vector<Sample> PhotoStream::next(std::size_t count) {
  std::vector<Sample> result;
  for (const std::size_t end = std::min(samples_.size(), at_ + count); at_ < end; ++at_) {
    Sample sample = samples_[at_];
    if (!photos_[sample.slot].file.empty()) {
      const PhotoPixels crop = take(at_);
      sample.slot = static_cast<std::uint32_t>(photos_.size()) + ring_at_++ % ring_;
      sample.y = sample.x = 0;
      const Image noisy = crop.noisy ? crop.noisy->image() : Image{};
      store_.put(sample.slot, crop.clean.image(), crop.noisy ? &noisy : nullptr);
    }
    result.push_back(sample);
  }
  const std::lock_guard lock(mutex_);
  group_ = (before_ + at_) / group_size_;
  room_.notify_all();
  return result;
}

PhotoPixels PhotoStream::take(std::size_t place) {
  std::unique_lock lock(mutex_);
  // The group may have ended within this call; without this the loaders would wait for it to end and it for them.
  if (const std::size_t group = (before_ + place) / group_size_; group != group_) {
    group_ = group;
    room_.notify_all();
  }
  const auto arrived = [&] { return crops_.contains(place) || error_ != nullptr; };
  if (!arrived()) {
    const auto start = std::chrono::steady_clock::now();
    ready_.wait(lock, arrived);
    waited_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  if (error_ != nullptr && !crops_.contains(place)) std::rethrow_exception(error_);
  return std::move(crops_.extract(place).mapped());
}

/// The work of a loader thread.
void PhotoStream::load(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (room_.wait(lock, stop, [this] { return may_start(); }) && !stop.stop_requested()) {
    const Job job = std::move(jobs_[next_job_++]);
    const std::uint64_t list = list_;
    lock.unlock();
    read(job, list);
    lock.lock();
  }
}

void PhotoStream::read(const Job& job, std::uint64_t list) {
  std::vector<PhotoPixels> crops;
  std::exception_ptr error;
  try {
    const PhotoPixels photo = pixels_of(photos_[job.photo]);
    for (const std::size_t place : job.places) {
      Sample sample;
      {
        const std::lock_guard lock(mutex_);
        if (list != list_) return;
        sample = samples_[place];
      }
      PhotoPixels& crop = crops.emplace_back(PhotoPixels{square_at(photo.clean, sample.y, sample.x, sample_.h), {}});
      if (photo.noisy) crop.noisy = square_at(*photo.noisy, sample.y, sample.x, sample_.h);
    }
  } catch (...) {
    error = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  if (list != list_) return;
  for (std::size_t i = 0; i < crops.size(); ++i) crops_.emplace(job.places[i], std::move(crops[i]));
  if (error != nullptr) error_ = error;
  ready_.notify_all();
}

}  // namespace dae
