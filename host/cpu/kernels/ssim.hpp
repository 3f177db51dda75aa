#pragma once

#include "host/cpu/kernels/kernels.hpp"

/// \file
/// 1 - SSIM of a block and its gradient. With the windowed means mx, my, mean squares xx, yy and mean product xy, SSIM
/// is a function of a window's five numbers; its derivatives with respect to mx, xx and xy, spread back over the window
/// by the same weights, give the gradient: m + 2 x xx' + y xy' at each pixel.
namespace dae::cpu::DAE_ISA {

void ssim(const SsimTask& task);

}  // namespace dae::cpu::DAE_ISA
