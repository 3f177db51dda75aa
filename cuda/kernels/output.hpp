#pragma once

#include <driver_types.h>

#include <cstddef>

#include "cuda/runtime/element.hpp"

namespace dae::cuda {

/// to[i] = fp32 of from[i], through a Sigmoid where the loss applied the final one itself.
void make_output(cudaStream_t stream, const void* from, float* to, std::size_t size, Element element, bool sigmoid);

/// bf16 of fp32 numbers: the weights before a bf16 pass, and the input of Program::predict. For f32 a plain copy.
void cast(cudaStream_t stream, const float* from, void* to, std::size_t size, Element element);

}  // namespace dae::cuda
