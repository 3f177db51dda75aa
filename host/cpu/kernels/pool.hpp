#pragma once

#include "host/cpu/kernels/kernels.hpp"

namespace dae::cpu::DAE_ISA {

void pool(ConstPlanes in, int size, Planes out);
/// Finds the first maximum again by comparing with the output, which costs less than storing where it was.
void pool_backward(ConstPlanes in, ConstPlanes out, ConstPlanes d_out, int size, Planes d_in, bool accumulate);

void pool_relu(ConstPlanes in, Planes out, PoolIndex index);
void pool_relu_backward(ConstPlanes d_out, ConstPoolIndex index, Planes d_in, float* bias_gradient);

}  // namespace dae::cpu::DAE_ISA
