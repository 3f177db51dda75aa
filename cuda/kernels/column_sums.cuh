#pragma once

#include "cuda/kernels/element.cuh"

namespace dae::cuda {

/// A block of kThreads threads over a matrix of rows x columns packs: neighbouring threads read neighbouring packs, and
/// `groups` rows are read at once. A matrix with more columns than threads is split among blockIdx.y.
struct ColumnTile {
  unsigned columns, groups, column, group;
  bool active;

  __device__ static ColumnTile of_block(unsigned all_columns) {
    const unsigned first = blockIdx.y * kThreads;
    const unsigned columns = all_columns - first < kThreads ? all_columns - first : kThreads;
    const unsigned groups = kThreads / columns;
    return {columns, groups, first + threadIdx.x % columns, threadIdx.x / columns, threadIdx.x / columns < groups};
  }
};

/// Adds the sums of a tile's row groups in order, so that the result depends on the shape alone. Every thread of the
/// block calls it; `store(column, sum)` is called by one thread for each column.
template <int kWidth, class Store>
__device__ void add_groups(const ColumnTile& tile, const float (&sums)[kWidth], const Store& store) {
  __shared__ float shared[kWidth][kThreads];
  for (int i = 0; i < kWidth; ++i) shared[i][threadIdx.x] = sums[i];
  __syncthreads();
  if (tile.active && tile.group == 0)
    for (int i = 0; i < kWidth; ++i) {
      float sum = 0;
      for (unsigned g = 0; g < tile.groups; ++g) sum += shared[i][g * tile.columns + threadIdx.x];
      store(tile.column * kWidth + static_cast<unsigned>(i), sum);
    }
}

}  // namespace dae::cuda
