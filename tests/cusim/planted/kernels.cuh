#pragma once

#include "cuda/kernels/launch.cuh"

/// \file
/// Kernels with a bug on purpose, and the same without it.
namespace planted {

struct alignas(16) Four {
  float items[4];
};

/// The block's sum of its numbers: thread 0 reads what the others wrote, with the bug before they did.
template <bool kBug>
__global__ void missing_barrier(const float* in, float* out) {
  __shared__ float numbers[64];
  numbers[threadIdx.x] = in[threadIdx.x];
  if constexpr (!kBug) __syncthreads();
  if (threadIdx.x != 0) return;
  float sum = 0;
  for (unsigned i = 0; i < 64; ++i) sum += numbers[i];
  *out = sum;
}

/// Blocks count themselves.
template <bool kBug>
__global__ void block_race(float* count) {
  if (threadIdx.x != 0) return;
  if constexpr (kBug)
    *count += 1.0f;
  else
    atomicAdd(count, 1.0f);
}

template <bool kBug>
__global__ void beyond_global(float* numbers, unsigned size) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (kBug ? i <= size : i < size) numbers[i] = 1.0f;
}

template <bool kBug>
__global__ void beyond_shared(float* out) {
  __shared__ float numbers[64];
  numbers[threadIdx.x + (kBug ? 1 : 0)] = 1.0f;
  __syncthreads();
  out[threadIdx.x] = numbers[threadIdx.x];
}

template <bool kBug>
__global__ void misaligned_load(const float* in, Four* out) {
  out[threadIdx.x] = reinterpret_cast<const Four*>(in + (kBug ? 1 : 0))[threadIdx.x];
}

template <bool kBug>
__global__ void divergent_barrier(float* out) {
  if (!kBug || threadIdx.x < 32) __syncthreads();
  out[threadIdx.x] = 1.0f;
}

template <bool kBug>
__global__ void exited_lane(float* out) {
  if (kBug && threadIdx.x >= 16) return;
  out[threadIdx.x] = __shfl_xor_sync(0xFFFFFFFFu, 1.0f, 1);
}

__global__ inline void set_kernel(float* to, float value) { to[threadIdx.x] = value; }

}  // namespace planted
