#pragma once

#include "host/cpu/kernels/kernels.hpp"

namespace dae::cpu::DAE_ISA {

void zero_border(Planes planes, int before, int after);
void copy(ConstPlanes in, Planes out, bool accumulate);
void add_scaled(ConstPlanes in, Planes out, float sign);
void add(ConstPlanes a, ConstPlanes b, float sign, Planes out);
void to_rows(ConstPlanes in, float* rows, std::ptrdiff_t pitch);
void from_rows(const float* rows, std::ptrdiff_t pitch, Planes out, bool accumulate);

}  // namespace dae::cpu::DAE_ISA
