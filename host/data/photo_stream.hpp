#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <stop_token>
#include <thread>
#include <unordered_map>
#include <vector>

#include "dae/device.hpp"
#include "host/data/photo.hpp"

namespace dae {

/// Crops of photos that an image store has no room for. Threads read the photos ahead of the steps, each once a group
/// of samples, and cut out what the samples want; a ring of slots behind those of the other photos takes the crops of
/// the steps at hand. Which thread reads what changes nothing that a program sees.
class PhotoStream {
 public:
  /// Steps whose samples are given to a program together.
  static constexpr int steps_at_once = 4;
  /// The most bytes that a slot of the ring takes.
  static std::size_t largest_crop(const Shape& sample) { return 2 * sample.sample_size() * sizeof(float); }

  /// Photo i is in slot i of the image store, or is streamed where it has a file. The ring is the image store's last
  /// slots.
  PhotoStream(std::vector<Photo> photos, const Shape& sample, ImageStore& store, std::uint32_t ring, int loaders);

  /// Begins to read for samples whose slots are photos, in this order; group i holds samples i x group and on, the
  /// first `before` of all having been left out. Loaders are at most one group ahead.
  void start(std::vector<Sample> samples, std::size_t group, std::size_t before);
  /// The next samples, at most `count`, with all their crops in the image store; empty at the end. What was given
  /// before is overwritten ring slots later. Throws InputError when a photo can no longer be read.
  std::vector<Sample> next(std::size_t count);
  /// Seconds that `next` waited for loaders, since the object was made.
  [[nodiscard]] double waited() const { return waited_; }

 private:
  /// A photo to read, and the places in the list of samples that want crops of it.
  struct Job {
    std::uint32_t photo;
    std::size_t group;
    std::vector<std::size_t> places;
  };

  void load(const std::stop_token& stop);
  void read(const Job& job, std::uint64_t list);
  PhotoPixels take(std::size_t place);
  [[nodiscard]] bool may_start() const { return next_job_ < jobs_.size() && jobs_[next_job_].group <= group_ + 1; }

  const std::vector<Photo> photos_;
  const Shape sample_;
  ImageStore& store_;
  const std::uint32_t ring_;
  std::uint32_t ring_at_ = 0;
  double waited_ = 0;

  std::mutex mutex_;
  std::condition_variable ready_;
  std::condition_variable_any room_;
  std::vector<Sample> samples_;
  std::size_t at_ = 0, group_size_ = 1, before_ = 0, group_ = 0;  ///< group_: of the sample at at_.
  std::uint64_t list_ = 0;                                        ///< Counts the lists, so that late crops are known.
  std::vector<Job> jobs_;
  std::size_t next_job_ = 0;
  std::unordered_map<std::size_t, PhotoPixels> crops_;  ///< By place.
  std::exception_ptr error_;
  std::vector<std::jthread> loaders_;  ///< Last, so that they end first.
};

}  // namespace dae
