#include "cuda/kernels/element.cuh"

#include "cuda/kernels/layer_kernels.hpp"

namespace dae::cuda {
namespace {

/// In place is allowed, so that nothing here is __restrict__.
template <class T, int kWidth>
__global__ void __launch_bounds__(kThreads)
    combine_kernel(const Pack<T, kWidth>* a, float a_factor, const Pack<T, kWidth>* b, float b_factor,
                   Pack<T, kWidth>* sum, std::size_t packs) {
  for (std::size_t i = first_item(); i < packs; i += item_stride()) {
    Pack<T, kWidth> value = a[i];
    for (int k = 0; k < kWidth; ++k) value.items[k] = from_float<T>(a_factor * to_float(value.items[k]));
    if (b != nullptr) {
      const Pack<T, kWidth> other = b[i];
      for (int k = 0; k < kWidth; ++k)
        value.items[k] = from_float<T>(to_float(value.items[k]) + b_factor * to_float(other.items[k]));
    }
    sum[i] = value;
  }
}

/// to[row][to.first + c] = from[row][from.first + c] for c < channels.
template <class T>
__global__ void __launch_bounds__(kThreads)
    copy_channels_kernel(const T* __restrict__ from, Channels from_place, T* __restrict__ to, Channels to_place,
                         unsigned channels, std::size_t items) {
  for (std::size_t i = first_item(); i < items; i += item_stride()) {
    const std::size_t row = i / channels, c = i % channels;
    to[row * to_place.stride + to_place.first + c] = from[row * from_place.stride + from_place.first + c];
  }
}

}  // namespace

void combine(cudaStream_t stream, const Term& a, const Term& b, void* sum, std::size_t size, Element element) {
  with_pack(
      element,
      [&](auto zero, auto width) {
        using P = Pack<decltype(zero), width()>;
        launch("combine_kernel", stream, grid_for(size / width()), combine_kernel<decltype(zero), width()>,
               static_cast<const P*>(a.data), a.factor, static_cast<const P*>(b.data), b.factor, static_cast<P*>(sum),
               size / width());
      },
      size);
}

void copy_channels(cudaStream_t stream, const void* from, Channels from_place, void* to, Channels to_place,
                   unsigned channels, std::size_t rows, Element element) {
  with_type(element, [&](auto zero) {
    using T = decltype(zero);
    launch("copy_channels_kernel", stream, grid_for(rows * channels), copy_channels_kernel<T>,
           static_cast<const T*>(from), from_place, static_cast<T*>(to), to_place, channels, rows * channels);
  });
}

}  // namespace dae::cuda
