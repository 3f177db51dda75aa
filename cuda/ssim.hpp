#pragma once

#include <driver_types.h>

#include "cuda/control.hpp"
#include "cuda/element.hpp"
#include "cuda/loss.hpp"
#include "dae/shape.hpp"

namespace dae::cuda {

/// Floats of scratch memory that ssim_loss needs when a gradient is wanted: three slopes a window.
std::size_t ssim_scratch(const Shape& output);

/// 1 - SSIM as `loss` computes the other losses; `slopes` is the scratch memory.
void ssim_loss(cudaStream_t stream, const LossOperands& operands, const Control* control, const Shape& output,
               Element element);

}  // namespace dae::cuda
