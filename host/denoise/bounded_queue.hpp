#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace dae {

/// Hands things from one stage of threads to the next, and makes the first wait while too much lies between them.
template <class T>
class BoundedQueue {
 public:
  /// The things that wait here weigh at most this together; a heavier one waits alone.
  explicit BoundedQueue(std::size_t most) : most_(most) {}

  /// Waits until there is room. False when the queue was closed: the thing is dropped.
  bool push(T thing, std::size_t weight) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return closed_ || things_.empty() || weight_ + weight <= most_; });
    if (closed_) return false;
    things_.emplace_back(std::move(thing), weight);
    weight_ += weight;
    filled_.notify_one();
    return true;
  }

  /// Waits for the next thing; nothing once the queue is closed and empty.
  std::optional<T> pop() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return closed_ || !things_.empty(); });
    if (things_.empty()) return std::nullopt;
    std::optional<T> thing(std::move(things_.front().first));
    weight_ -= things_.front().second;
    things_.pop_front();
    room_.notify_all();
    return thing;
  }

  /// Takes nothing more; what is in it can still be popped.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    filled_.notify_all();
    room_.notify_all();
  }
  /// Closes, and drops what is in it.
  void discard() {
    close();
    const std::lock_guard lock(mutex_);
    things_.clear();
    weight_ = 0;
  }

 private:
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable room_, filled_;
  std::deque<std::pair<T, std::size_t>> things_;
  std::size_t weight_ = 0;
  bool closed_ = false;
};

}  // namespace dae
