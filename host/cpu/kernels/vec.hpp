#pragma once

#include <cstddef>
#include <cstdint>

/// \file
/// One SIMD register of floats as the compilers' vector extension: arithmetic, comparison and selection are operators,
/// so kernels read like scalar code, with the number of lanes fixed at compile time (DAE_LANES). Lanes are images,
/// hence kernels need loads, broadcasts and arithmetic and no shuffles; a library such as Highway earns its keep by
/// shuffles, conversions and dispatch, of which only the dispatch is needed here (host/cpu/runtime/isa.cpp, 60 lines).
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

/// Before every loop over a tile held in registers: an array stays in registers only if each index is a constant.
#if defined(__clang__)
#define DAE_UNROLL _Pragma("clang loop unroll(full)")
#else
#define DAE_UNROLL _Pragma("GCC unroll 16")
#endif
#define DAE_INLINE [[gnu::always_inline]] static inline
#define DAE_METHOD [[gnu::always_inline]]

DAE_INLINE Vec load(const float* at) { return *reinterpret_cast<const MemoryVec*>(at); }
DAE_INLINE void store(float* at, Vec v) { *reinterpret_cast<MemoryVec*>(at) = v; }
DAE_INLINE Vec load_unaligned(const float* at) { return *reinterpret_cast<const UnalignedVec*>(at); }
DAE_INLINE void store_unaligned(float* at, Vec v) { *reinterpret_cast<UnalignedVec*>(at) = v; }
DAE_INLINE IntVec load_numbers(const std::int32_t* at) {
  IntVec numbers;
  __builtin_memcpy(&numbers, at, sizeof numbers);
  return numbers;
}
/// One broadcast. Not Vec{} + f, which is an addition: it turns -0 into 0, so the compiler has to carry it out.
DAE_INLINE Vec splat(float f) {
#if DAE_LANES == 16
  return Vec{f, f, f, f, f, f, f, f, f, f, f, f, f, f, f, f};
#elif DAE_LANES == 8
  return Vec{f, f, f, f, f, f, f, f};
#else
  return Vec{f, f, f, f};
#endif
}

/// Not a number stays one: the comparison is false for it.
DAE_INLINE Vec relu(Vec v) { return v < 0.0f ? Vec{} : v; }

/// The sum of all lanes, in the same tree on every machine: halves, quarters, ...
DAE_INLINE float horizontal_sum(Vec v) {
#if DAE_LANES == 16
  v += __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  v += __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3);
#elif DAE_LANES == 8
  v += __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3);
#endif
  return (v[0] + v[2]) + (v[1] + v[3]);
}

}  // namespace dae::cpu::DAE_ISA
