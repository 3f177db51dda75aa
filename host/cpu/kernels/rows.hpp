#pragma once

#include "host/cpu/kernels/planes.hpp"
#include "host/cpu/kernels/vec.hpp"

namespace dae::cpu::DAE_ISA {

/// The address of a pixel's lanes.
template <class Float>
DAE_INLINE Float* pixel(const BasicPlanes<Float>& planes, int channel, int y, int x) {
  return planes.at + channel * planes.plane + y * planes.row + static_cast<std::ptrdiff_t>(x) * lanes;
}

/// Sets or adds to a register in memory.
DAE_INLINE void put(float* at, Vec value, bool accumulate) { store(at, accumulate ? load(at) + value : value); }

/// Calls act(channel, y, x) for every pixel of `shape`.
template <class Act>
DAE_INLINE void for_pixels(const ConstPlanes& shape, Act act) {
  for (int c = 0; c < shape.channels; ++c)
    for (int y = 0; y < shape.height; ++y)
      for (int x = 0; x < shape.width; ++x) act(c, y, x);
}

}  // namespace dae::cpu::DAE_ISA
