#pragma once

#include <limits>

/// \file
/// CUB does not compile for a CPU. This is the part that our kernels use, with the same rules: every thread of the
/// block calls Sum, only thread 0 gets the sum (the others NaN, for the documentation calls it undefined), and the
/// storage may not be used again without a barrier.
namespace cub {

template <class T, int kThreads>
class BlockReduce {
 public:
  struct TempStorage {
    T warps[kThreads / 32];
  };

  explicit BlockReduce(TempStorage& storage) : storage_(storage) {}

  T Sum(T value) {
    for (unsigned delta = 16; delta > 0; delta /= 2) value += __shfl_down_sync(0xFFFFFFFFu, value, delta);
    if (threadIdx.x % 32 == 0) storage_.warps[threadIdx.x / 32] = value;
    __syncthreads();
    if (threadIdx.x != 0) return std::numeric_limits<T>::quiet_NaN();
    for (int warp = 1; warp < kThreads / 32; ++warp) value += storage_.warps[warp];
    return value;
  }

 private:
  TempStorage& storage_;
};

}  // namespace cub
