#pragma once

#include "host/cpu/kernels/kernels.hpp"

namespace dae::cpu::DAE_ISA {

void gemm(const GemmTask& task);
void to_rows(ConstPlanes in, float* rows, std::ptrdiff_t pitch);
void add_bias(Planes vector, const float* bias, bool with_relu);

}  // namespace dae::cpu::DAE_ISA
