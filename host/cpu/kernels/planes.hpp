#pragma once

#include <cstddef>

/// \file
/// How a block of images lies in memory: [channel][row][column][lane], one image a lane, as many lanes as the
/// instruction set has floats in a register. A kernel then is scalar-looking code on one aligned SIMD value, for any
/// number of channels and any size, and needs no shuffles. Around each plane lies a border of zeros as wide as its
/// readers need, so that no kernel looks for an edge.
namespace dae::cpu {

/// A view of one tensor of a block. All strides are in floats.
template <class Float>
struct BasicPlanes {
  Float* at = nullptr;       ///< Channel 0, row 0, column 0, lane 0; the border lies before it.
  std::ptrdiff_t plane = 0;  ///< From one channel to the next.
  std::ptrdiff_t row = 0;    ///< From one row to the next.
  int channels = 0, height = 0, width = 0;

  operator BasicPlanes<const Float>() const { return {at, plane, row, channels, height, width}; }
};

using Planes = BasicPlanes<float>;
using ConstPlanes = BasicPlanes<const float>;

}  // namespace dae::cpu
