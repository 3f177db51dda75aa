#pragma once

namespace dae::cpu::DAE_ISA {

/// Cuts `count` into the fewest pieces of at most `most`, as equal as possible, so that a remainder is never a lonely
/// narrow tile.
struct Split {
  int count, pieces;

  Split(int total, int most) : count(total), pieces((total + most - 1) / most) {}
  [[nodiscard]] int begin(int piece) const { return count * piece / pieces; }
  [[nodiscard]] int size(int piece) const { return begin(piece + 1) - begin(piece); }
};

}  // namespace dae::cpu::DAE_ISA
