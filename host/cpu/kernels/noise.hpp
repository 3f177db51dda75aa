#pragma once

#include "host/cpu/kernels/kernels.hpp"

namespace dae::cpu::DAE_ISA {

void noise(const NoiseTask& task);

}  // namespace dae::cpu::DAE_ISA
