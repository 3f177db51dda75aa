#include "cuda/kernels/element.cuh"

#include "cuda/kernels/layer_kernels.hpp"

namespace dae::cuda {
namespace {

template <class T>
__global__ void __launch_bounds__(kThreads) transpose_kernel(const T* __restrict__ from, T* __restrict__ to,
                                                             unsigned rows, unsigned columns, std::size_t items) {
  const std::size_t area = static_cast<std::size_t>(rows) * columns;
  for (std::size_t i = first_item(); i < items; i += item_stride()) {
    const std::size_t sample = i / area, within = i % area;
    to[i] = from[sample * area + within % rows * columns + within / rows];
  }
}

}  // namespace

void transpose(cudaStream_t stream, const void* from, void* to, unsigned rows, unsigned columns, std::size_t items,
               Element element) {
  with_type(element, [&](auto zero) {
    using T = decltype(zero);
    launch("transpose_kernel", stream, grid_for(items), transpose_kernel<T>, static_cast<const T*>(from),
           static_cast<T*>(to), rows, columns, items);
  });
}

}  // namespace dae::cuda
