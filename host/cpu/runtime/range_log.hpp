#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "dae/device.hpp"

namespace dae::cpu {

/// Shared, so that what was recorded outlives the program that it names.
using RangeName = std::shared_ptr<const std::string>;

inline RangeName range_name(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

/// The ranges of one thread. Only that thread writes.
struct ThreadLog {
  using Clock = std::chrono::steady_clock;
  struct Entry {
    RangeName name;
    Clock::time_point start, end;
  };
  std::vector<Entry> entries;
};

/// A log for each thread of a device, so that recording takes no lock.
class RangeLog {
 public:
  explicit RangeLog(int threads) : threads_(static_cast<std::size_t>(threads)) {}

  void record(bool on) { recording_ = on; }
  [[nodiscard]] bool recording() const { return recording_; }
  /// Makes room for so many more ranges on every thread: recording them allocates nothing and cannot throw.
  void reserve(std::size_t ranges);
  /// The log of thread 0, which drives the device, or of a worker; null while nothing is recorded.
  [[nodiscard]] ThreadLog* of(int thread) { return recording_ ? &threads_[static_cast<std::size_t>(thread)] : nullptr; }
  /// The ranges recorded since the last call, by thread and time, an outer range before those inside it.
  std::vector<TimedRange> take();

 private:
  std::vector<ThreadLog> threads_;
  ThreadLog::Clock::time_point zero_ = ThreadLog::Clock::now();
  bool recording_ = false;
};

/// A range from construction to destruction; none where `log` is null. `name` must outlive it.
class RangeScope {
 public:
  RangeScope(ThreadLog* log, const RangeName& name) : log_(log), name_(name) {
    if (log_ != nullptr) start_ = ThreadLog::Clock::now();
  }
  ~RangeScope() {
    if (log_ != nullptr) log_->entries.push_back({name_, start_, ThreadLog::Clock::now()});
  }
  RangeScope(const RangeScope&) = delete;
  RangeScope& operator=(const RangeScope&) = delete;

 private:
  ThreadLog* log_;
  const RangeName& name_;
  ThreadLog::Clock::time_point start_;
};

template <class Work>
decltype(auto) timed(ThreadLog* log, const RangeName& name, const Work& work) {
  const RangeScope scope(log, name);
  return work();
}

}  // namespace dae::cpu
