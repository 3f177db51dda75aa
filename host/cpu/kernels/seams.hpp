#pragma once

#include "host/cpu/kernels/kernels.hpp"

namespace dae::cpu::DAE_ISA {

void mend(const SeamTask& task);

}  // namespace dae::cpu::DAE_ISA
