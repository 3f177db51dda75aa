#pragma once

#include <cstddef>
#include <cstdint>

/// \file
/// One SIMD register of floats as the compilers' vector extension: arithmetic, comparison and selection are operators,
/// so kernels read like scalar code, with the number of lanes fixed at compile time (DAE_LANES). Lanes are images,
/// hence kernels need loads, broadcasts and arithmetic and no shuffles; a library such as Highway earns its keep by
/// shuffles, conversions and dispatch, of which only the dispatch is needed here (host/cpu/isa.cpp, 60 lines).
///
/// Everything in the kernels is in the namespace of its instruction set (DAE_ISA), and internal where it can be.
namespace dae::cpu::DAE_ISA {

inline constexpr int lanes = DAE_LANES;

typedef float Vec __attribute__((vector_size(DAE_LANES * 4)));
typedef std::int32_t IntVec __attribute__((vector_size(DAE_LANES * 4)));
typedef std::uint32_t WordVec __attribute__((vector_size(DAE_LANES * 4)));
// Memory is an array of float: a register that is read from it may alias them.
typedef float MemoryVec __attribute__((vector_size(DAE_LANES * 4), may_alias));
typedef float UnalignedVec __attribute__((vector_size(DAE_LANES * 4), may_alias, aligned(4)));

#define DAE_INLINE [[gnu::always_inline]] static inline

DAE_INLINE Vec load(const float* at) { return *reinterpret_cast<const MemoryVec*>(at); }
DAE_INLINE void store(float* at, Vec v) { *reinterpret_cast<MemoryVec*>(at) = v; }
DAE_INLINE Vec load_unaligned(const float* at) { return *reinterpret_cast<const UnalignedVec*>(at); }
DAE_INLINE void store_unaligned(float* at, Vec v) { *reinterpret_cast<UnalignedVec*>(at) = v; }
DAE_INLINE Vec splat(float f) { return Vec{} + f; }

/// Not a number stays one: the comparison is false for it.
DAE_INLINE Vec relu(Vec v) { return v < 0.0f ? Vec{} : v; }

DAE_INLINE float horizontal_sum(Vec v) {
  float part[DAE_LANES];
  __builtin_memcpy(part, &v, sizeof v);
  for (int step = DAE_LANES / 2; step > 0; step /= 2)
    for (int i = 0; i < step; ++i) part[i] += part[i + step];
  return part[0];
}

}  // namespace dae::cpu::DAE_ISA
