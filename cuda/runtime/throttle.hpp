#pragma once

#include <cstdint>
#include <utility>

#include "cuda/runtime/stream.hpp"

namespace dae::cuda {

/// Keeps the host from running further ahead of the device than kMost launches: a queue without bound would hide an
/// error and take memory. Costs one event and one wait every kMost / 2 launches.
class Throttle {
 public:
  static constexpr std::uint64_t kMost = 64;

  /// Call after each launch on the stream.
  void launched(const Stream& stream) {
    if (++launches_ % (kMost / 2) != 0) return;
    newer_.record(stream);
    older_.wait();
    std::swap(newer_, older_);
  }

 private:
  std::uint64_t launches_ = 0;
  Event newer_, older_;
};

}  // namespace dae::cuda
