#pragma once

#include "host/cpu/kernels/vec.hpp"

/// \file
/// 3x3 kernels side by side, one a lane, for transforms of weights: nine numbers in memory are nine registers here.
namespace dae::cpu::DAE_ISA {

/// How many of `pairs` kernels from `first` on fill a register.
DAE_INLINE int kernels_here(std::ptrdiff_t pairs, std::ptrdiff_t first) {
  return pairs - first < lanes ? static_cast<int>(pairs - first) : lanes;
}

/// With `mirror` the weights of each kernel in reverse order.
DAE_INLINE void load_kernels(const float* at, int count, bool mirror, Vec (&w)[3][3]) {
  float part[9][lanes] = {};
  for (int p = 0; p < count; ++p)
    for (int k = 0; k < 9; ++k) part[mirror ? 8 - k : k][p] = at[p * 9 + k];
  for (int k = 0; k < 9; ++k) w[k / 3][k % 3] = load_unaligned(part[k]);
}

DAE_INLINE void add_kernels(float* at, int count, const Vec (&w)[3][3]) {
  float part[9][lanes];
  for (int k = 0; k < 9; ++k) store_unaligned(part[k], w[k / 3][k % 3]);
  for (int p = 0; p < count; ++p)
    for (int k = 0; k < 9; ++k) at[p * 9 + k] += part[k][p];
}

/// The first `count` lanes from and to memory.
DAE_INLINE Vec load_some(const float* at, int count) {
  if (count == lanes) return load_unaligned(at);
  float part[lanes] = {};
  for (int p = 0; p < count; ++p) part[p] = at[p];
  return load_unaligned(part);
}

DAE_INLINE void store_some(float* at, int count, Vec v) {
  if (count == lanes) return store_unaligned(at, v);
  float part[lanes];
  store_unaligned(part, v);
  for (int p = 0; p < count; ++p) at[p] = part[p];
}

}  // namespace dae::cpu::DAE_ISA
