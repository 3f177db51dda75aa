#pragma once

#include "host/cpu/kernels/kernels.hpp"

/// \file
/// Squares of block x block pixels as block^2 channels of one pixel, and back. Each is the other's gradient.
namespace dae::cpu::DAE_ISA {

void space_to_depth(ConstPlanes space, int block, Planes depth, bool accumulate);
void depth_to_space(ConstPlanes depth, int block, Planes space, bool accumulate);
/// Every pixel of a lane becomes that lane's value.
void fill(Planes planes, const float* value);

}  // namespace dae::cpu::DAE_ISA
