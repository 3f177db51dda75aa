#pragma once

#include "host/cpu/kernels/kernels.hpp"
#include "host/cpu/kernels/vec.hpp"

/// \file
/// Winograd's F(m x m, 3x3) (Lavin and Gray, "Fast algorithms for convolutional neural networks", arXiv 1509.09308): a
/// tile of m x m outputs takes (m + 2)^2 multiplications a pair of channels instead of 9 m^2. With x the inputs that
/// the tile sees, w the weights and dy the gradient of the outputs,
///   y = A' [(G w G') * (B' x B)] A        dw = G' [(A dy A') * (B' x B)] G
/// element by element, and sums over channels or tiles are taken inside the brackets. A plane is covered by tiles in
/// row order; those at the lower and right edge may stick out, where inputs are border zeros and outputs are dropped.
/// Frequency f is row f / (m + 2), column f % (m + 2) of a transformed tile.
///
/// m = 2 evaluates at the points 0, 1, -1 and infinity; m = 4 at 0, infinity, a, -a, b, -b with a = sqrt(1/2) and
/// b = sqrt(2), which loses less accuracy than the usual 0, 1, -1, 2, -2.
namespace dae::cpu::DAE_ISA {

extern const Winograd winograd2, winograd4;

/// Row and column of a tile's upper left output pixel, tile after tile.
template <int Outputs>
struct TileWalk {
  int columns, row, column;

  DAE_METHOD TileWalk(int across, int first) : columns(across), row(first / across), column(first % across) {}
  DAE_METHOD void next() {
    if (++column == columns) {
      column = 0;
      ++row;
    }
  }
  [[nodiscard]] DAE_METHOD int y() const { return Outputs * row; }
  [[nodiscard]] DAE_METHOD int x() const { return Outputs * column; }
};

}  // namespace dae::cpu::DAE_ISA
