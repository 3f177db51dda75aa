#include "cuda/kernels/column_sums.cuh"

#include "cuda/kernels/bias.hpp"

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

/// Each block sums the rows of one slice; partials is (blocks, channels).
template <class T, int kWidth, bool kRelu>
__global__ void __launch_bounds__(kThreads)
    bias_gradient_kernel(Pack<T, kWidth>* gradient, const Pack<T, kWidth>* output, float* partials, std::size_t rows,
                         unsigned columns) {
  const ColumnTile tile = ColumnTile::of_block(columns);
  float sums[kWidth] = {};
  if (tile.active) {
    const std::size_t step = static_cast<std::size_t>(gridDim.x) * tile.groups;
    for (std::size_t row = static_cast<std::size_t>(blockIdx.x) * tile.groups + tile.group; row < rows; row += step) {
      const std::size_t i = row * columns + tile.column;
      Pack<T, kWidth> value = gradient[i];
      if constexpr (kRelu) {
        const Pack<T, kWidth> y = output[i];
        for (int k = 0; k < kWidth; ++k)
          if (!(to_float(y.items[k]) > 0.0f)) value.items[k] = from_float<T>(0.0f);
        gradient[i] = value;
      }
      for (int k = 0; k < kWidth; ++k) sums[k] += to_float(value.items[k]);
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
               static_cast<P*>(gradient), static_cast<const P*>(output), partials, rows, columns);
      },
      channels);
}

}  // namespace dae::cuda
