#include "cuda/kernels/element.cuh"

#include "cuda/kernels/layer_kernels.hpp"

namespace dae::cuda {
namespace {

/// Extents of the low resolution, in packs of channels.
struct Extents {
  unsigned height, width, columns, factor;
};

/// One thread an output pack: y[n][oy][ox] = x[n][oy / factor][ox / factor].
template <class T, int kWidth>
__global__ void __launch_bounds__(kThreads)
    upsample_forward_kernel(const Pack<T, kWidth>* __restrict__ x, Pack<T, kWidth>* __restrict__ y, Extents e,
                            std::size_t packs) {
  for (std::size_t i = first_item(); i < packs; i += item_stride()) {
    const unsigned wide = e.width * e.factor, high = e.height * e.factor;
    const std::size_t pixel = i / e.columns;
    const unsigned column = static_cast<unsigned>(i % e.columns), ox = static_cast<unsigned>(pixel % wide);
    const std::size_t row = pixel / wide;
    const unsigned oy = static_cast<unsigned>(row % high);
    const std::size_t sample = row / high;
    y[i] = x[((sample * e.height + oy / e.factor) * e.width + ox / e.factor) * e.columns + column];
  }
}

/// One thread an input pack: dx is the sum of its factor x factor copies' gradients, row by row.
template <class T, int kWidth>
__global__ void __launch_bounds__(kThreads)
    upsample_backward_kernel(const Pack<T, kWidth>* __restrict__ dy, Pack<T, kWidth>* __restrict__ dx, Extents e,
                             std::size_t packs) {
  const std::size_t row_length = static_cast<std::size_t>(e.width) * e.factor * e.columns;  // of dy
  for (std::size_t i = first_item(); i < packs; i += item_stride()) {
    const std::size_t pixel = i / e.columns, row = pixel / e.width;  // row counts through all samples
    const std::size_t x = pixel % e.width;
    const Pack<T, kWidth>* corner = dy + row * e.factor * row_length + x * e.factor * e.columns + i % e.columns;
    float sums[kWidth] = {};
    for (unsigned down = 0; down < e.factor; ++down)
      for (unsigned right = 0; right < e.factor; ++right) {
        const Pack<T, kWidth> value = corner[down * row_length + right * e.columns];
        for (int k = 0; k < kWidth; ++k) sums[k] += to_float(value.items[k]);
      }
    Pack<T, kWidth> sum;
    for (int k = 0; k < kWidth; ++k) sum.items[k] = from_float<T>(sums[k]);
    dx[i] = sum;
  }
}

template <bool kForward>
void upsample(cudaStream_t stream, const void* from, void* to, const Shape& low, unsigned factor, Element element) {
  const auto channels = static_cast<unsigned>(low.c);
  with_pack(
      element,
      [&](auto zero, auto width) {
        using T = decltype(zero);
        using P = Pack<T, width()>;
        const Extents extents{static_cast<unsigned>(low.h), static_cast<unsigned>(low.w), channels / width(), factor};
        const std::size_t packs = low.size() / width() * (kForward ? factor * factor : 1);
        if constexpr (kForward)
          launch("upsample_forward_kernel", stream, grid_for(packs), upsample_forward_kernel<T, width()>,
                 static_cast<const P*>(from), static_cast<P*>(to), extents, packs);
        else
          launch("upsample_backward_kernel", stream, grid_for(packs), upsample_backward_kernel<T, width()>,
                 static_cast<const P*>(from), static_cast<P*>(to), extents, packs);
      },
      channels);
}

}  // namespace

void upsample_forward(cudaStream_t stream, const void* x, void* y, const Shape& low, unsigned factor, Element element) {
  upsample<true>(stream, x, y, low, factor, element);
}

void upsample_backward(cudaStream_t stream, const void* dy, void* dx, const Shape& low, unsigned factor,
                       Element element) {
  upsample<false>(stream, dy, dx, low, factor, element);
}

}  // namespace dae::cuda
