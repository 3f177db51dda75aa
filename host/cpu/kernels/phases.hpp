#pragma once

#include "host/cpu/kernels/kernels.hpp"

/// \file
/// Images at low resolution with factor * factor times the channels, and the large image that they make up: pixel
/// (factor * y + a, factor * x + b) of channel c is pixel (y, x) of channel (a * factor + b) * channels + c. Pixels
/// that would lie beyond the large image are dropped, and zero in the other direction.
namespace dae::cpu::DAE_ISA {

void spread_phases(ConstPlanes phases, int factor, Planes out, const Epilogue& epilogue);
void gather_phases(ConstPlanes d_out, int factor, Planes phases);

}  // namespace dae::cpu::DAE_ISA
