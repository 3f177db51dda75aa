#pragma once

#include "host/cpu/kernels/kernels.hpp"

namespace dae::cpu::DAE_ISA {

/// All arrays are padded to whole registers.
void adam(const AdamTask& task);

}  // namespace dae::cpu::DAE_ISA
