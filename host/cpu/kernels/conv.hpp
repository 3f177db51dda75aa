#pragma once

#include "host/cpu/kernels/kernels.hpp"

/// \file
/// Direct convolution in register tiles; see Kernels for what each does.
namespace dae::cpu::DAE_ISA {

void pack_conv(const ConvWeights& from, float* packed);
void conv(const ConvTask& task);
void conv_filter(const ConvFilterTask& task);
void bias_gradient(ConstPlanes d_out, float* gradient);

}  // namespace dae::cpu::DAE_ISA
