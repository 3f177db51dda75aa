#include "cuda/kernels/element.cuh"

#include "cuda/kernels/layer_kernels.hpp"
#include "cuda/kernels/sigmoid.cuh"

namespace dae::cuda {
namespace {

enum class Function { relu_forward, relu_backward, sigmoid_forward, sigmoid_backward };

/// forward: value is x. backward: value is dy, y the forward pass' output.
template <Function kFunction>
__device__ inline float apply(float value, float y) {
  if constexpr (kFunction == Function::relu_forward)
    return fmaxf(value, 0.0f);
  else if constexpr (kFunction == Function::relu_backward)
    return y > 0.0f ? value : 0.0f;
  else if constexpr (kFunction == Function::sigmoid_forward)
    return sigmoid(value);
  else
    return value * y * (1.0f - y);
}

template <class T, int kWidth, Function kFunction>
__global__ void __launch_bounds__(kThreads)
    activation_kernel(const Pack<T, kWidth>* __restrict__ value, const Pack<T, kWidth>* __restrict__ y,
                      Pack<T, kWidth>* __restrict__ result, std::size_t packs) {
  constexpr bool kBackward = kFunction == Function::relu_backward || kFunction == Function::sigmoid_backward;
  for (std::size_t i = first_item(); i < packs; i += item_stride()) {
    Pack<T, kWidth> out = value[i], other = out;
    if constexpr (kBackward) other = y[i];
    for (int k = 0; k < kWidth; ++k)
      out.items[k] = from_float<T>(apply<kFunction>(to_float(out.items[k]), to_float(other.items[k])));
    result[i] = out;
  }
}

template <Function kFunction>
void activation(const char* name, cudaStream_t stream, const void* value, const void* y, void* result, std::size_t size,
                Element element) {
  with_pack(
      element,
      [&](auto zero, auto width) {
        using P = Pack<decltype(zero), width()>;
        launch(name, stream, grid_for(size / width()), activation_kernel<decltype(zero), width(), kFunction>,
               static_cast<const P*>(value), static_cast<const P*>(y), static_cast<P*>(result), size / width());
      },
      size);
}

}  // namespace

void activation_forward(cudaStream_t stream, Activation function, const void* x, void* y, std::size_t size,
                        Element element) {
  if (function == Activation::relu)
    activation<Function::relu_forward>("relu_forward_kernel", stream, x, nullptr, y, size, element);
  else
    activation<Function::sigmoid_forward>("sigmoid_forward_kernel", stream, x, nullptr, y, size, element);
}

void activation_backward(cudaStream_t stream, Activation function, const void* dy, const void* y, void* dx,
                         std::size_t size, Element element) {
  if (function == Activation::relu)
    activation<Function::relu_backward>("relu_backward_kernel", stream, dy, y, dx, size, element);
  else
    activation<Function::sigmoid_backward>("sigmoid_backward_kernel", stream, dy, y, dx, size, element);
}

}  // namespace dae::cuda
