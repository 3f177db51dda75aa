#pragma once

#include "cuda/kernels/launch.cuh"

#include <cuda_bf16.h>

#include <type_traits>

#include "cuda/runtime/element.hpp"

namespace dae::cuda {

using Bf16 = __nv_bfloat16;

__device__ inline float to_float(float x) { return x; }
__device__ inline float to_float(Bf16 x) { return __bfloat162float(x); }

template <class T>
__device__ inline T from_float(float x) {
  if constexpr (std::is_same_v<T, float>)
    return x;
  else
    return __float2bfloat16(x);
}

/// kWidth neighbouring elements that are loaded and stored at once; 16 bytes is the widest access of a thread.
template <class T, int kWidth>
struct alignas(sizeof(T) * kWidth) Pack {
  T items[kWidth];
};

template <class T>
inline constexpr int kWide = static_cast<int>(16 / sizeof(T));

/// Calls `f` with a value of the element's type.
template <class F>
void with_type(Element element, const F& f) {
  if (element == Element::f32)
    f(float{});
  else
    f(Bf16{});
}

/// Calls `f` with a value of the element's type and, as an integral constant, the number of elements to access at once:
/// the widest that divides every one of `extents`.
template <class F, class... N>
void with_pack(Element element, const F& f, N... extents) {
  with_type(element, [&](auto zero) {
    using T = decltype(zero);
    if (((extents % kWide<T> == 0) && ...))
      f(zero, std::integral_constant<int, kWide<T>>{});
    else
      f(zero, std::integral_constant<int, 1>{});
  });
}

}  // namespace dae::cuda
