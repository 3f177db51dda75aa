#pragma once

#include <driver_types.h>

#include "cuda/kernels/loss.hpp"
#include "cuda/kernels/step_params.hpp"
#include "cuda/runtime/element.hpp"
#include "dae/shape.hpp"

namespace dae::cuda {

/// Floats of scratch memory that ssim_loss needs when a gradient is wanted: three grads a window.
std::size_t ssim_scratch(const Shape& output);

/// 1 - SSIM as `loss` computes the other losses; `grads` is the scratch memory.
void ssim_loss(cudaStream_t stream, const LossOperands& operands, const StepParams* params, const Shape& output,
               Element element);

}  // namespace dae::cuda
