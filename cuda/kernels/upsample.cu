#include "cuda/kernels/element.cuh"

#include "cuda/kernels/divisor.cuh"
#include "cuda/kernels/layer_kernels.hpp"

namespace dae::cuda {
namespace {

/// Extents of the low resolution, in packs of channels.
struct Extents {
  unsigned width, columns, any_factor;
  Divisor by_width, by_columns;
};

/// The factor x factor packs of the high resolution that a low pack is copied to. Nearly all factors are 2, which the
/// compiler knows where kFactor says it: all accesses of a thread are then under way at once.
template <unsigned kFactor>
struct Copies {
  unsigned factor;
  std::size_t corner, row;  // the first pack, and from one of their rows to the next

  __device__ Copies(const Extents& e, unsigned i)
      : factor(kFactor != 0 ? kFactor : e.any_factor), row(std::size_t{e.width} * e.columns * factor) {
    const unsigned pixel = e.by_columns.quotient(i), low_row = e.by_width.quotient(pixel);  // of all samples' rows
    const unsigned x = pixel - low_row * e.width, column = i - pixel * e.columns;
    corner = low_row * factor * row + x * factor * e.columns + column;
  }
};

/// One thread an input pack: y[n][oy][ox] = x[n][oy / factor][ox / factor].
template <class T, int kWidth, unsigned kFactor>
__global__ void __launch_bounds__(kThreads)
    upsample_forward_kernel(const Pack<T, kWidth>* __restrict__ x, Pack<T, kWidth>* __restrict__ y, Extents e,
                            unsigned packs) {
  for (auto i = static_cast<unsigned>(first_item()); i < packs; i += static_cast<unsigned>(item_stride())) {
    const Pack<T, kWidth> value = x[i];
    const Copies<kFactor> to(e, i);
    for (unsigned down = 0; down < to.factor; ++down)
      for (unsigned right = 0; right < to.factor; ++right) y[to.corner + down * to.row + right * e.columns] = value;
  }
}

/// One thread an input pack: dx is the sum of its factor x factor copies' gradients, row by row.
template <class T, int kWidth, unsigned kFactor>
__global__ void __launch_bounds__(kThreads)
    upsample_backward_kernel(const Pack<T, kWidth>* __restrict__ dy, Pack<T, kWidth>* __restrict__ dx, Extents e,
                             unsigned packs) {
  for (auto i = static_cast<unsigned>(first_item()); i < packs; i += static_cast<unsigned>(item_stride())) {
    const Copies<kFactor> from(e, i);
    float sums[kWidth] = {};
    constexpr unsigned kUnroll = kFactor != 0 ? kFactor : 1;  // an unknown factor's loop has no registers to spare
#pragma unroll kUnroll
    for (unsigned down = 0; down < from.factor; ++down)
#pragma unroll kUnroll
      for (unsigned right = 0; right < from.factor; ++right) {
        const Pack<T, kWidth> value = dy[from.corner + down * from.row + right * e.columns];
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
        const unsigned columns = channels / width(), wide = static_cast<unsigned>(low.w);
        const Extents extents{wide, columns, factor, Divisor(wide), Divisor(columns)};
        const unsigned packs = index_count(low.size() / width());
        const auto enqueue = [&](auto known_factor) {
          if constexpr (kForward)
            launch("upsample_forward_kernel", stream, grid_for(packs),
                   upsample_forward_kernel<T, width(), known_factor()>, static_cast<const P*>(from),
                   static_cast<P*>(to), extents, packs);
          else
            launch("upsample_backward_kernel", stream, grid_for(packs),
                   upsample_backward_kernel<T, width(), known_factor()>, static_cast<const P*>(from),
                   static_cast<P*>(to), extents, packs);
        };
        if (factor == 2)
          enqueue(std::integral_constant<unsigned, 2>{});
        else
          enqueue(std::integral_constant<unsigned, 0>{});
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
