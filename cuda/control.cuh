#pragma once

#include "cuda/control.hpp"
#include "cuda/launch.cuh"

namespace dae::cuda {

/// Samples in the step under way: `n`, or what is left of the list.
__device__ inline unsigned live_samples(const Batch& batch, unsigned n) {
  const unsigned left = batch.count - batch.cursor;
  return left < n ? left : n;
}

}  // namespace dae::cuda
