#pragma once

#include "host/cpu/kernels/kernels.hpp"

namespace dae::cpu::DAE_ISA {

void gemm(const GemmTask& task);

}  // namespace dae::cpu::DAE_ISA
