#pragma once

#include "cuda/kernels/launch.cuh"

#include <bit>
#include <cstdint>

namespace dae::cuda {

/// Divides dividends below 2^31 by a number that is known at launch, with a multiplication and a shift instead of some
/// thirty instructions: Granlund and Montgomery, "Division by invariant integers using multiplication" (1994), with
/// multiplier = ceil(2^shift / divisor) and shift = 31 + ceil(log2(divisor)).
class Divisor {
 public:
  explicit Divisor(unsigned divisor)
      : shift_(31 + static_cast<unsigned>(std::bit_width(divisor - 1))),
        multiplier_(static_cast<unsigned>(((std::uint64_t{1} << shift_) + divisor - 1) / divisor)) {}

  __device__ unsigned quotient(unsigned dividend) const {
    return static_cast<unsigned>((std::uint64_t{dividend} * multiplier_) >> shift_);
  }

 private:
  unsigned shift_, multiplier_;
};

}  // namespace dae::cuda
