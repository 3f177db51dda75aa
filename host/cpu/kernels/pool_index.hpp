#pragma once

#include "host/cpu/kernels/kernels.hpp"
#include "host/cpu/kernels/vec.hpp"

namespace dae::cpu::DAE_ISA {

typedef std::uint8_t ByteVec __attribute__((vector_size(DAE_LANES)));

/// The maximum of a window's pixels as they come in row order.
struct WindowMaximum {
  Vec most;
  IntVec place = {};

  DAE_METHOD explicit WindowMaximum(Vec first) : most(first) {}
  DAE_METHOD void take(Vec value, int number) {
    const IntVec more = value > most;
    most = more ? value : most;
    place = more ? IntVec{} + number : place;
  }
  /// Writes the index of the maxima and returns them after the ReLU.
  DAE_METHOD Vec finish(std::uint8_t* index) const {
    if (index != nullptr) {
      const ByteVec bytes = __builtin_convertvector(most > 0.0f ? place : IntVec{} + 4, ByteVec);
      __builtin_memcpy(index, &bytes, sizeof bytes);
    }
    return relu(most);
  }
};

DAE_INLINE IntVec load_index(const std::uint8_t* at) {
  ByteVec bytes;
  __builtin_memcpy(&bytes, at, sizeof bytes);
  return __builtin_convertvector(bytes, IntVec);
}

}  // namespace dae::cpu::DAE_ISA
