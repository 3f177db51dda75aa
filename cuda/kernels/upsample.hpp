#pragma once

#include <driver_types.h>

#include "cuda/runtime/element.hpp"
#include "dae/shape.hpp"

namespace dae::cuda {

/// y repeats every row and column of x `factor` times; `low` is the shape of x.
void upsample_forward(cudaStream_t stream, const void* x, void* y, const Shape& low, unsigned factor, Element element);

/// dx sums the gradients of every copy.
void upsample_backward(cudaStream_t stream, const void* dy, void* dx, const Shape& low, unsigned factor,
                       Element element);

}  // namespace dae::cuda
