#include "cuda/kernels/column_sums.cuh"

#include "cuda/kernels/bias.hpp"
#include "cuda/kernels/divisor.cuh"

namespace dae::cuda {
namespace {

template <class T, int kWidth>
__global__ void __launch_bounds__(kThreads)
    add_bias_kernel(Pack<T, kWidth>* y, const Pack<T, kWidth>* bias, std::size_t packs, unsigned columns, bool relu) {
  for (std::size_t i = first_item(); i < packs; i += item_stride()) {
    Pack<T, kWidth> value = y[i];
    const Pack<T, kWidth> add = bias[i % columns];
    for (int k = 0; k < kWidth; ++k) {
      const float sum = to_float(value.items[k]) + to_float(add.items[k]);
      value.items[k] = from_float<T>(relu ? fmaxf(sum, 0.0f) : sum);
    }
    y[i] = value;
  }
}

/// Zero where the output is not positive.
template <class T, int kWidth>
__device__ inline void mask(Pack<T, kWidth>& gradient, const Pack<T, kWidth>& output) {
  for (int k = 0; k < kWidth; ++k)
    if (!(to_float(output.items[k]) > 0.0f)) gradient.items[k] = from_float<T>(0.0f);
}

template <class T, int kWidth>
__device__ inline void add(float (&sums)[kWidth], const Pack<T, kWidth>& value) {
  for (int k = 0; k < kWidth; ++k) sums[k] += to_float(value.items[k]);
}

/// Each block sums the rows of one slice; partials is (blocks, channels). A thread loads two packs of each tensor
/// before it stores one, which keeps twice as much of the memory at work.
template <class T, int kWidth, bool kRelu>
__global__ void __launch_bounds__(kThreads)
    bias_gradient_kernel(Pack<T, kWidth>* __restrict__ gradient, const Pack<T, kWidth>* __restrict__ output,
                         float* __restrict__ partials, unsigned packs, unsigned columns) {
  const ColumnTile tile = ColumnTile::of_block(columns);
  float sums[kWidth] = {};
  if (tile.active) {
    const unsigned step = gridDim.x * tile.groups * columns;
    unsigned i = (blockIdx.x * tile.groups + tile.group) * columns + tile.column;
    for (; i < packs && step < packs - i; i += 2 * step) {
      Pack<T, kWidth> first = gradient[i], second = gradient[i + step];
      if constexpr (kRelu) {
        const Pack<T, kWidth> first_output = output[i], second_output = output[i + step];
        mask(first, first_output);
        mask(second, second_output);
        gradient[i] = first;
        gradient[i + step] = second;
      }
      add(sums, first);
      add(sums, second);
    }
    if (i < packs) {
      Pack<T, kWidth> last = gradient[i];
      if constexpr (kRelu) {
        const Pack<T, kWidth> last_output = output[i];
        mask(last, last_output);
        gradient[i] = last;
      }
      add(sums, last);
    }
  }
  float* mine = partials + static_cast<std::size_t>(blockIdx.x) * columns * kWidth;
  add_groups<kWidth>(tile, sums, [mine](unsigned channel, float sum) { mine[channel] = sum; });
}

}  // namespace

void add_bias(cudaStream_t stream, void* y, const void* bias, std::size_t rows, unsigned channels, bool relu,
              Element element) {
  with_pack(
      element,
      [&](auto zero, auto width) {
        using P = Pack<decltype(zero), width()>;
        const unsigned columns = channels / width();
        launch("add_bias_kernel", stream, grid_for(rows * columns), add_bias_kernel<decltype(zero), width()>,
               static_cast<P*>(y), static_cast<const P*>(bias), rows * columns, columns, relu);
      },
      channels);
}

void bias_gradient(cudaStream_t stream, void* gradient, const void* output, float* partials, unsigned blocks,
                   std::size_t rows, unsigned channels, Element element) {
  with_pack(
      element,
      [&](auto zero, auto width) {
        using T = decltype(zero);
        using P = Pack<T, width()>;
        const unsigned columns = channels / width();
        launch("bias_gradient_kernel", stream, {dim3(blocks, (columns + kThreads - 1) / kThreads), dim3(kThreads)},
               output != nullptr ? bias_gradient_kernel<T, width(), true> : bias_gradient_kernel<T, width(), false>,
               static_cast<P*>(gradient), static_cast<const P*>(output), partials, index_count(rows * columns),
               columns);
      },
      channels);
}

}  // namespace dae::cuda
