#pragma once

#include "host/cpu/kernels/kernels.hpp"

/// \file
/// The kernels of one instruction set, from which table.cpp makes its Kernels.
namespace dae::cpu::DAE_ISA {

#define KERNEL(result, name, parameters) result name parameters;
#include "host/cpu/kernels/kernels.inc"
#undef KERNEL

/// The loss Ssim, which `loss` calls.
void ssim(const LossTask& task);

}  // namespace dae::cpu::DAE_ISA
