#pragma once

#include "cuda/kernels/launch.cuh"
#include "cuda/kernels/step_params.hpp"

namespace dae::cuda {

/// Samples in the step under way: `n`, or what is left of the list.
__device__ inline unsigned live_samples(const Batch& batch, unsigned n) {
  const unsigned left = batch.count - batch.cursor;
  return left < n ? left : n;
}

}  // namespace dae::cuda
