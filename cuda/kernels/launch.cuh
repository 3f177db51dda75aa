#pragma once

/// \file
/// How a kernel is started; the only file that knows that these sources are also built without nvcc, to run on the
/// CUDA simulator of tests/cusim.
#ifdef __CUDACC__
#include <cuda_runtime.h>
#else
#include <cusim/cusim.hpp>
#endif

#include <cstddef>
#include <utility>

#include "cuda/runtime/error.hpp"

namespace dae::cuda {

/// Blocks and threads of a launch.
struct Grid {
  dim3 blocks, threads;
};

inline constexpr unsigned kThreads = 256;

/// Enough blocks for one thread an item, but no more than `most`: kernels stride over what is left. The number depends
/// on the work alone, never on the GPU, so that sums are the same everywhere.
inline Grid grid_for(std::size_t items, unsigned most = 2048) {
  const std::size_t blocks = (items + kThreads - 1) / kThreads;
  return {dim3(static_cast<unsigned>(blocks < 1 ? 1 : blocks < most ? blocks : most)), dim3(kThreads)};
}

/// Enqueues a kernel. `name` is the kernel's own; an error names it.
template <class... P, class... A>
void launch(const char* name, cudaStream_t stream, const Grid& grid, void (*kernel)(P...), A&&... arguments) {
#ifdef __CUDACC__
  cudaLaunchConfig_t config = {};
  config.gridDim = grid.blocks;
  config.blockDim = grid.threads;
  config.stream = stream;
  check(name, cudaLaunchKernelEx(&config, kernel, std::forward<A>(arguments)...));
#else
  check(name, cusim::launch(name, grid.blocks, grid.threads, stream, kernel, std::forward<A>(arguments)...));
#endif
}

/// First item of this thread, and the step to its next one, of a kernel that strides over its items.
__device__ inline std::size_t first_item() { return static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x; }
__device__ inline std::size_t item_stride() { return static_cast<std::size_t>(gridDim.x) * blockDim.x; }

}  // namespace dae::cuda
