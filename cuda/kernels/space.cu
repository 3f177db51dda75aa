#include "cuda/kernels/element.cuh"

#include "cuda/kernels/layer_kernels.hpp"

namespace dae::cuda {
namespace {

/// The extents of the image with pixels apart.
struct Extents {
  unsigned height, width, channels, block;
};

/// Each thread takes an element of the image with pixels apart; neighbours in a warp take neighbours in memory.
template <class T, bool kToDepth>
__global__ void __launch_bounds__(kThreads)
    space_depth_kernel(const T* __restrict__ from, T* __restrict__ to, Extents e, std::size_t items) {
  const unsigned low_width = e.width / e.block, low_channels = e.channels * e.block * e.block;
  for (std::size_t i = first_item(); i < items; i += item_stride()) {
    const std::size_t pixel = i / e.channels, row = pixel / e.width;  // row counts through all samples
    const unsigned c = static_cast<unsigned>(i % e.channels), x = static_cast<unsigned>(pixel % e.width);
    // The height is a multiple of the block, so that the blocks of rows do not cross samples.
    const unsigned in_block = static_cast<unsigned>(row % e.block) * e.block + x % e.block;
    const std::size_t deep =
        (row / e.block * low_width + x / e.block) * low_channels + c * e.block * e.block + in_block;
    if constexpr (kToDepth)
      to[deep] = from[i];
    else
      to[i] = from[deep];
  }
}

template <bool kToDepth>
void move(cudaStream_t stream, const void* from, void* to, const Shape& shape, unsigned block, Element element) {
  const Extents extents{static_cast<unsigned>(shape.h), static_cast<unsigned>(shape.w), static_cast<unsigned>(shape.c),
                        block};
  with_type(element, [&](auto zero) {
    using T = decltype(zero);
    launch("space_depth_kernel", stream, grid_for(shape.size()), space_depth_kernel<T, kToDepth>,
           static_cast<const T*>(from), static_cast<T*>(to), extents, shape.size());
  });
}

}  // namespace

void space_to_depth(cudaStream_t stream, const void* space, void* depth, const Shape& shape, unsigned block,
                    Element element) {
  move<true>(stream, space, depth, shape, block, element);
}

void depth_to_space(cudaStream_t stream, const void* depth, void* space, const Shape& shape, unsigned block,
                    Element element) {
  move<false>(stream, depth, space, shape, block, element);
}

}  // namespace dae::cuda
