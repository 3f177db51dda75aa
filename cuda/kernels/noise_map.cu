#include "cuda/kernels/element.cuh"

#include "cuda/kernels/layer_kernels.hpp"

namespace dae::cuda {
namespace {

template <class T>
__global__ void __launch_bounds__(kThreads)
    noise_map_kernel(const float* __restrict__ levels, T* __restrict__ map, std::size_t pixels, std::size_t items) {
  for (std::size_t i = first_item(); i < items; i += item_stride()) map[i] = from_float<T>(levels[i / pixels]);
}

__global__ void __launch_bounds__(kThreads) set_levels_kernel(float* levels, float level, std::size_t samples) {
  for (std::size_t i = first_item(); i < samples; i += item_stride()) levels[i] = level;
}

}  // namespace

void noise_map(cudaStream_t stream, const float* levels, void* map, std::size_t pixels, std::size_t samples,
               Element element) {
  with_type(element, [&](auto zero) {
    using T = decltype(zero);
    launch("noise_map_kernel", stream, grid_for(pixels * samples), noise_map_kernel<T>, levels, static_cast<T*>(map),
           pixels, pixels * samples);
  });
}

void set_levels(cudaStream_t stream, float* levels, float level, std::size_t samples) {
  launch("set_levels_kernel", stream, grid_for(samples), set_levels_kernel, levels, level, samples);
}

}  // namespace dae::cuda
