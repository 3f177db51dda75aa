#pragma once

#include "host/cpu/kernels/kernels.hpp"

namespace dae::cpu::DAE_ISA {

void noise(const NoiseTask& task);
void noise_of_tiles(const NoiseTask& task);

}  // namespace dae::cpu::DAE_ISA
