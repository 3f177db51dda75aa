#pragma once

#include "cuda/kernels/launch.cuh"

namespace dae::cuda {

/// 1 / (1 + exp(-x)), given e = exp(-|x|), which never overflows.
__device__ inline float sigmoid(float x, float e) { return (x >= 0.0f ? 1.0f : e) / (1.0f + e); }
__device__ inline float sigmoid(float x) { return sigmoid(x, expf(-fabsf(x))); }

}  // namespace dae::cuda
