#pragma once

#include "host/cpu/kernels/vec.hpp"

/// \file
/// Sums over the lanes of many registers at once. One by one a sum takes a shuffle and an addition for each halving;
/// sums of as many registers as there are lanes take three instructions each.
namespace dae::cpu::DAE_ISA {

#if DAE_LANES == 16
#define DAE_EACH_LANE(F) \
  F(0), F(1), F(2), F(3), F(4), F(5), F(6), F(7), F(8), F(9), F(10), F(11), F(12), F(13), F(14), F(15)
#elif DAE_LANES == 8
#define DAE_EACH_LANE(F) F(0), F(1), F(2), F(3), F(4), F(5), F(6), F(7)
#else
#define DAE_EACH_LANE(F) F(0), F(1), F(2), F(3)
#endif

/// Adds every block's first half to its second half, blocks of 2 * Step lanes, a's and b's in turn.
template <int Step>
DAE_INLINE Vec add_halves(Vec a, Vec b) {
#define DAE_FIRST(k) ((k) % (2 * Step) < Step ? (k) : lanes + (k)-Step)
#define DAE_SECOND(k) ((k) % (2 * Step) < Step ? (k) + Step : lanes + (k))
  return __builtin_shufflevector(a, b, DAE_EACH_LANE(DAE_FIRST)) +
         __builtin_shufflevector(a, b, DAE_EACH_LANE(DAE_SECOND));
#undef DAE_FIRST
#undef DAE_SECOND
}

/// The least power of two that is at least n, and at most the number of lanes.
constexpr int sums_at_once(int n) {
  int power = 1;
  while (power < n && power < lanes) power *= 2;
  return power;
}

/// Leaves in lane i * (lanes / N) of v[0] the sum of the lanes of v[i], for i < N = sums_at_once(N).
template <int N, int Step = lanes / 2>
DAE_INLINE void lane_sums(Vec* v) {
  if constexpr (N > 1) {
    DAE_UNROLL
    for (int i = 0; i < N / 2; ++i) v[i] = add_halves<Step>(v[i], v[i + N / 2]);
    if constexpr (Step > 1) lane_sums<N / 2, Step / 2>(v);
  } else {
    v[0] = add_halves<Step>(v[0], v[0]);
    if constexpr (Step > 1) lane_sums<1, Step / 2>(v);
  }
}

/// Calls add(i, sum of the lanes of v[i]) for i from First to N - 1. Destroys v.
template <int N, int First = 0, class Add>
DAE_INLINE void for_lane_sums(Vec* v, Add add) {
  constexpr int together = sums_at_once(N - First);
  constexpr int here = N - First < together ? N - First : together;
  Vec group[together];
  DAE_UNROLL
  for (int i = 0; i < together; ++i) group[i] = i < here ? v[First + i] : Vec{};
  lane_sums<together>(group);
  float sums[lanes];
  store_unaligned(sums, group[0]);
  DAE_UNROLL
  for (int i = 0; i < here; ++i) add(First + i, sums[i * (lanes / together)]);
  if constexpr (First + here < N) for_lane_sums<N, First + here>(v, add);
}

}  // namespace dae::cpu::DAE_ISA
