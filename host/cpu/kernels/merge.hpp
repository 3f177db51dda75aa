#pragma once

#include "host/cpu/kernels/kernels.hpp"

namespace dae::cpu::DAE_ISA {

void zero_border(Planes planes, int before, int after);
void scale(ConstPlanes in, float factor, Planes out, bool accumulate);
void add(ConstPlanes a, ConstPlanes b, float sign, Planes out);

}  // namespace dae::cpu::DAE_ISA
