#pragma once

#include "host/cpu/kernels/vec.hpp"

/// \file
/// Elementary functions on a register. The polynomials are minimax fits made in double (Lawson's iteration) and rounded
/// to float; host/cpu tests hold the errors stated here.
namespace dae::cpu::DAE_ISA {

DAE_INLINE Vec as_float(IntVec bits) { return reinterpret_cast<Vec>(bits); }
DAE_INLINE IntVec as_bits(Vec v) { return reinterpret_cast<IntVec>(v); }
DAE_INLINE Vec to_float(IntVec v) { return __builtin_convertvector(v, Vec); }

/// The nearest whole number for |v| < 2^22: adding 1.5 * 2^23 rounds, and leaves the number in the low bits.
DAE_INLINE IntVec nearest(Vec v) { return as_bits(v + 12582912.0f) - 0x4B400000; }

DAE_INLINE Vec square_root(Vec v) {
  for (int i = 0; i < lanes; ++i) v[i] = __builtin_sqrtf(v[i]);
  return v;
}

/// Horner's rule, highest power last.
template <int N>
DAE_INLINE Vec polynomial(Vec x, const float (&c)[N]) {
  Vec sum = splat(c[N - 1]);
  DAE_UNROLL
  for (int i = N - 2; i >= 0; --i) sum = sum * x + c[i];
  return sum;
}

/// exp(x) for x <= 0, relative error below 2e-7; below -87 it is exp(-87), a value that no sum of pixels sees.
DAE_INLINE Vec exp_negative(Vec x) {
  static constexpr float c[] = {1.0f, 1.0f, 0.5f, 0.166665122f, 0.0416661873f, 0.0083695985f, 0.00139517186f};
  x = x < -87.0f ? splat(-87.0f) : x;
  const IntVec n = nearest(x * 1.44269504f);
  const Vec whole = to_float(n);
  const Vec rest = (x - whole * 0.693359375f) + whole * 2.12194440e-4f;  // ln 2 in two parts, the first exact
  return polynomial(rest, c) * as_float((n + 127) << 23);
}

/// 1 / (1 + exp(-z)) from z and e = exp(-|z|), without overflow.
DAE_INLINE Vec sigmoid(Vec z, Vec e) {
  const Vec upper = 1.0f / (1.0f + e);
  return z < 0.0f ? e * upper : upper;
}

/// log(1 + x) for 0 <= x <= 1 as 2 atanh(x / (2 + x)), relative error below 2e-7.
DAE_INLINE Vec log_one_plus(Vec x) {
  static constexpr float c[] = {1.0f, 0.333333373f, 0.19999437f, 0.143085182f, 0.107129261f, 0.121541612f};
  const Vec s = x / (2.0f + x);
  return 2.0f * s * polynomial(s * s, c);
}

/// log(x) for normal x in (0, 1), given 1 - x too, since x alone cannot say how far below 1 it is. Relative error below
/// 3e-7.
DAE_INLINE Vec logarithm(Vec x, Vec one_minus_x) {
  static constexpr float c[] = {0.333333135f,  -0.25000009f, 0.200021237f,  -0.166680053f, 0.142194524f,
                                -0.124053411f, 0.118887007f, -0.116775125f, 0.0674771741f};
  // x = 2^n m with m in [sqrt(1/2), sqrt(2)): 0x3F3504F3 are the bits of sqrt(1/2)
  const IntVec n = (as_bits(x) - 0x3F3504F3) >> 23;
  const Vec f = n == 0 ? -one_minus_x : as_float(as_bits(x) - (n << 23)) - 1.0f;
  const Vec log_m = f + f * f * (f * polynomial(f, c) - 0.5f);
  const Vec whole = to_float(n);
  return (log_m - whole * 2.12194440e-4f) + whole * 0.693359375f;
}

struct SineCosine {
  Vec sine, cosine;
};

/// Sine and cosine of 2 pi x for 0 <= x <= 1, absolute error below 2e-7.
DAE_INLINE SineCosine sine_cosine_turn(Vec x) {
  static constexpr float s[] = {1.57079637f, -0.64596349f, 0.0796802193f, -0.00460214540f};
  static constexpr float c[] = {1.0f, -1.23370051f, 0.253669202f, -0.0208600685f, 0.000903625507f};
  const Vec quarters = 4.0f * x;
  const IntVec quadrant = nearest(quarters);
  const Vec rest = quarters - to_float(quadrant);
  const Vec square = rest * rest;
  const Vec sine = rest * polynomial(square, s), cosine = polynomial(square, c);
  const IntVec odd = (quadrant & 1) != 0;
  const IntVec sine_sign = (quadrant & 2) << 30, cosine_sign = ((quadrant + 1) & 2) << 30;
  return {as_float(as_bits(odd ? cosine : sine) ^ sine_sign), as_float(as_bits(odd ? sine : cosine) ^ cosine_sign)};
}

}  // namespace dae::cpu::DAE_ISA
