#pragma once

#include "host/cpu/kernels/kernels.hpp"

/// \file
/// One pass over a block's output gives the loss, its gradient and the squared error.
namespace dae::cpu::DAE_ISA {

void bce(const LossTask& task);
void mse(const LossTask& task);
void dot(const LossTask& task);
void l1(const LossTask& task);
void charbonnier(const LossTask& task);

}  // namespace dae::cpu::DAE_ISA
