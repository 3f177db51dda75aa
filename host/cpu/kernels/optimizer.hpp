#pragma once

#include "host/cpu/kernels/kernels.hpp"

/// \file
/// All arrays are padded to whole registers.
namespace dae::cpu::DAE_ISA {

void adam(const UpdateTask& task);
void sgd(const UpdateTask& task);
double sum_gradients(const GradientSumTask& task);

}  // namespace dae::cpu::DAE_ISA
