#pragma once

#include "host/cpu/kernels/kernels.hpp"

namespace dae::cpu::DAE_ISA {

double fma_rounds(std::int64_t rounds);

}  // namespace dae::cpu::DAE_ISA
