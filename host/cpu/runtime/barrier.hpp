#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace dae::cpu {

/// Where the threads that share a block wait for each other. Unlike std::barrier it can be set up anew without
/// allocating, and waits awake (spin.hpp) before it sleeps.
class Barrier {
 public:
  /// For so many threads. No thread may wait there.
  void reset(int threads) { threads_ = static_cast<std::uint32_t>(threads); }
  /// Returns when all threads have called it.
  void wait();

 private:
  std::uint32_t threads_ = 1;
  alignas(64) std::atomic<std::uint32_t> arrived_{0};
  alignas(64) std::atomic<std::uint32_t> round_{0};
  std::atomic<int> sleepers_{0};
  std::mutex mutex_;
  std::condition_variable passed_;
};

}  // namespace dae::cpu
