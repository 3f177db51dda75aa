#pragma once

#include <driver_types.h>

#include <cstddef>

#include "cuda/runtime/element.hpp"

namespace dae::cuda {

enum class Activation { relu, sigmoid };

/// y = f(x), element by element.
void activation_forward(cudaStream_t stream, Activation function, const void* x, void* y, std::size_t size,
                        Element element);

/// dx = dy f'(x), computed from y = f(x).
void activation_backward(cudaStream_t stream, Activation function, const void* dy, const void* y, void* dx,
                         std::size_t size, Element element);

}  // namespace dae::cuda
