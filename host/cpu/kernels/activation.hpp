#pragma once

#include "host/cpu/kernels/kernels.hpp"

namespace dae::cpu::DAE_ISA {

void relu_forward(ConstPlanes in, Planes out);
void relu_backward(ConstPlanes out, ConstPlanes d_out, Planes d_in, bool accumulate);
void relu_bias_backward(ConstPlanes out, Planes slope, float* bias_gradient);
void sigmoid_forward(ConstPlanes in, Planes out);
void sigmoid_backward(ConstPlanes out, ConstPlanes d_out, Planes d_in, bool accumulate);

}  // namespace dae::cpu::DAE_ISA
