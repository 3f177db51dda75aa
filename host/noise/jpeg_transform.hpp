#pragma once

/// \file
/// The arithmetic that dae/noise.hpp's Jpeg lays down, for one block or one pixel, in integers only. All of it is
/// constexpr, so that the kernels of the CUDA device compute with these very functions and give the same bits.
namespace dae::jpeg {

constexpr int side = 8;

/// Divisors of a block's frequencies at quality 50, row by row: ITU-T T.81, tables K.1 and K.2.
struct Tables {
  unsigned char luminance[side * side], chrominance[side * side];
};
inline constexpr Tables tables = {{16, 11, 10, 16, 24,  40,  51,  61,   //
                                   12, 12, 14, 19, 26,  58,  60,  55,   //
                                   14, 13, 16, 24, 40,  57,  69,  56,   //
                                   14, 17, 22, 29, 51,  87,  80,  62,   //
                                   18, 22, 37, 56, 68,  109, 103, 77,   //
                                   24, 35, 55, 64, 81,  104, 113, 92,   //
                                   49, 64, 78, 87, 103, 121, 120, 101,  //
                                   72, 92, 95, 98, 112, 100, 103, 99},
                                  {17, 18, 24, 47, 99, 99, 99, 99,  //
                                   18, 21, 26, 66, 99, 99, 99, 99,  //
                                   24, 26, 56, 99, 99, 99, 99, 99,  //
                                   47, 66, 99, 99, 99, 99, 99, 99,  //
                                   99, 99, 99, 99, 99, 99, 99, 99,  //
                                   99, 99, 99, 99, 99, 99, 99, 99,  //
                                   99, 99, 99, 99, 99, 99, 99, 99,  //
                                   99, 99, 99, 99, 99, 99, 99, 99}};

constexpr int clipped(int value, int low, int high) { return value < low ? low : value > high ? high : value; }

/// A divisor at another quality.
constexpr int divisor(int at_50, int quality) {
  const int percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  return clipped((at_50 * percent + 50) / 100, 1, 255);
}

// The cosines' factors, times 2^13 and rounded.
constexpr int factor_bits = 13, extra_bits = 2;
constexpr int f0_298 = 2446, f0_390 = 3196, f0_541 = 4433, f0_765 = 6270, f0_899 = 7373, f1_175 = 9633, f1_501 = 12299,
              f1_847 = 15137, f1_961 = 16069, f2_053 = 16819, f2_562 = 20995, f3_072 = 25172;

constexpr int rounded_shift(int value, int bits) { return (value + (1 << (bits - 1))) >> bits; }

/// The rotations that both directions share: the four odd terms a, b, c, d in place.
constexpr void rotate_odd(int& a, int& b, int& c, int& d) {
  const int ad = -f0_899 * (a + d), bc = -f2_562 * (b + c), all = f1_175 * (a + b + c + d);
  const int ac = all - f1_961 * (a + c), bd = all - f0_390 * (b + d);
  a = a * f0_298 + ad + ac;
  b = b * f2_053 + bc + bd;
  c = c * f3_072 + bc + ac;
  d = d * f1_501 + ad + bd;
}

/// Eight values to their frequencies, shifted to the right by `bits`.
constexpr void forward(int (&v)[side], int bits) {
  int odd[4] = {v[3] - v[4], v[2] - v[5], v[1] - v[6], v[0] - v[7]};
  const int e0 = v[0] + v[7], e1 = v[1] + v[6], e2 = v[2] + v[5], e3 = v[3] + v[4];
  const int low = e0 + e3, high = e1 + e2, a = e1 - e2, b = e0 - e3, both = (a + b) * f0_541;
  rotate_odd(odd[0], odd[1], odd[2], odd[3]);
  v[0] = rounded_shift((low + high) * (1 << factor_bits), bits);
  v[4] = rounded_shift((low - high) * (1 << factor_bits), bits);
  v[2] = rounded_shift(both + b * f0_765, bits);
  v[6] = rounded_shift(both - a * f1_847, bits);
  for (int i = 0; i < 4; ++i) v[7 - 2 * i] = rounded_shift(odd[i], bits);
}

constexpr void inverse(int (&v)[side], int bits) {
  const int both = (v[2] + v[6]) * f0_541, a = both - v[6] * f1_847, b = both + v[2] * f0_765;
  const int sum = (v[0] + v[4]) * (1 << factor_bits), difference = (v[0] - v[4]) * (1 << factor_bits);
  const int even[4] = {sum + b, difference + a, difference - a, sum - b};
  int odd[4] = {v[7], v[5], v[3], v[1]};
  rotate_odd(odd[0], odd[1], odd[2], odd[3]);
  for (int i = 0; i < 4; ++i) {
    v[i] = rounded_shift(even[i] + odd[3 - i], bits);
    v[7 - i] = rounded_shift(even[i] - odd[3 - i], bits);
  }
}

// A block, less 128, goes forward_row, forward_column, quantised, inverse_column, inverse_row.
constexpr void forward_row(int (&v)[side]) { forward(v, factor_bits - extra_bits); }
constexpr void forward_column(int (&v)[side]) { forward(v, factor_bits + extra_bits); }
constexpr void inverse_column(int (&v)[side]) { inverse(v, factor_bits - extra_bits); }
constexpr void inverse_row(int (&v)[side]) { inverse(v, factor_bits + extra_bits + 3); }

/// A frequency divided and multiplied again.
constexpr int quantised(int value, int by) {
  const int scaled = 8 * by;  // the transform's results are 8 times the orthonormal one's
  const int magnitude = ((value < 0 ? -value : value) + scaled / 2) / scaled * by;
  return value < 0 ? -magnitude : magnitude;
}

constexpr int fixed(double factor) { return static_cast<int>(factor * 65536 + 0.5); }
constexpr int half = 1 << 15;

constexpr void to_ycc(int (&p)[3]) {
  constexpr int y_r = fixed(0.299), y_g = fixed(0.587), y_b = fixed(0.114), middle = (128 << 16) + half - 1;
  constexpr int b_r = fixed(0.16874), b_g = fixed(0.33126), r_g = fixed(0.41869), r_b = fixed(0.08131);
  const int r = p[0], g = p[1], b = p[2];
  p[0] = (y_r * r + y_g * g + y_b * b + half) >> 16;
  p[1] = (half * b - b_r * r - b_g * g + middle) >> 16;
  p[2] = (half * r - r_g * g - r_b * b + middle) >> 16;
}

constexpr void to_rgb(int (&p)[3]) {
  constexpr int r_cr = fixed(1.402), g_cb = fixed(0.34414), g_cr = fixed(0.71414), b_cb = fixed(1.772);
  const int y = p[0], cb = p[1] - 128, cr = p[2] - 128;
  p[0] = clipped(y + ((r_cr * cr + half) >> 16), 0, 255);
  p[1] = clipped(y + ((half - g_cb * cb - g_cr * cr) >> 16), 0, 255);
  p[2] = clipped(y + ((b_cb * cb + half) >> 16), 0, 255);
}

/// The level, 0 to 255, of a value; what is no number becomes 0. In double precision the product is exact, so that a
/// fused addition changes nothing.
constexpr int pixel(float value) {
  return static_cast<int>(255 * static_cast<double>(value >= 0 ? (value < 1.0f ? value : 1.0f) : 0.0f) + 0.5);
}

/// The quality that a sample's image is compressed with, given word 1 of element counter 2^32 - 1.
constexpr int quality(int least, int most, unsigned word) {
  if (most <= least) return least;
  return least + static_cast<int>(
                     static_cast<unsigned long long>(word) * static_cast<unsigned long long>(most - least + 1) >> 32);
}

}  // namespace dae::jpeg
