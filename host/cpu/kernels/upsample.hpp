#pragma once

#include "host/cpu/kernels/kernels.hpp"

namespace dae::cpu::DAE_ISA {

void upsample(ConstPlanes in, int factor, Planes out);
void upsample_backward(ConstPlanes d_out, int factor, Planes d_in, bool accumulate);

}  // namespace dae::cpu::DAE_ISA
