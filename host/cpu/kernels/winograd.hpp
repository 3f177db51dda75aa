#pragma once

#include "host/cpu/kernels/kernels.hpp"

/// \file
/// Winograd's F(2x2, 3x3) (Lavin and Gray, "Fast algorithms for convolutional neural networks", arXiv 1509.09308): a
/// tile of 2x2 outputs takes 16 multiplications a pair of channels instead of 36. With x the 4x4 inputs that the tile
/// sees, w the weights and dy the gradient of the outputs,
///   y = A' [(G w G') * (B' x B)] A        dw = G' [(A dy A') * (B' x B)] G
/// element by element, and sums over channels or tiles are taken inside the brackets. A plane is covered by tiles in
/// row order; those at the lower and right edge may stick out, where inputs are border zeros and outputs are dropped.
/// Frequency f is row f / 4, column f % 4 of a transformed tile.
namespace dae::cpu::DAE_ISA {

/// `pairs` kernels of 9 weights -> frequencies[f * pairs + p].
void winograd_weights(const float* weights, std::ptrdiff_t pairs, float* frequencies);
/// Adds the gradient of the frequencies, brought back, to the gradient of the weights.
void winograd_weight_gradient(const float* frequencies, std::ptrdiff_t pairs, float* gradient);
/// Row `row` (four frequencies) of the inputs' tiles; tile 0 begins at pixel (origin, origin).
void winograd_input(ConstPlanes in, int origin, int row, Tiles out);
/// All 16 frequencies to outputs.
void winograd_output(ConstTiles in, Planes out, const Finish& finish);
/// Row `row` of the tiles of the outputs' gradient. Reads one row and column beyond an odd size, which must be zero.
void winograd_slope(ConstPlanes d_out, int row, Tiles out);

}  // namespace dae::cpu::DAE_ISA
