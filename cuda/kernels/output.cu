#include "cuda/kernels/element.cuh"

#include "cuda/kernels/layer_kernels.hpp"
#include "cuda/kernels/sigmoid.cuh"

namespace dae::cuda {
namespace {

template <class From, class To, bool kSigmoid>
__global__ void __launch_bounds__(kThreads)
    convert_kernel(const From* __restrict__ from, To* __restrict__ to, std::size_t size) {
  for (std::size_t i = first_item(); i < size; i += item_stride()) {
    const float value = to_float(from[i]);
    to[i] = from_float<To>(kSigmoid ? sigmoid(value) : value);
  }
}

template <class From, class To, bool kSigmoid>
void convert(const char* name, cudaStream_t stream, const void* from, void* to, std::size_t size) {
  launch(name, stream, grid_for(size), convert_kernel<From, To, kSigmoid>, static_cast<const From*>(from),
         static_cast<To*>(to), size);
}

}  // namespace

void make_output(cudaStream_t stream, const void* from, float* to, std::size_t size, Element element, bool sigmoid) {
  with_type(element, [&](auto zero) {
    using T = decltype(zero);
    if (sigmoid)
      convert<T, float, true>("sigmoid_output_kernel", stream, from, to, size);
    else
      convert<T, float, false>("cast_output_kernel", stream, from, to, size);
  });
}

void cast(cudaStream_t stream, const float* from, void* to, std::size_t size, Element element) {
  with_type(element, [&](auto zero) { convert<float, decltype(zero), false>("cast_kernel", stream, from, to, size); });
}

}  // namespace dae::cuda
