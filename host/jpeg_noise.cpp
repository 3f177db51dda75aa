#include "host/jpeg_noise.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <vector>

#include "host/philox.hpp"

namespace dae {
namespace {

constexpr int side = 8;
using Block = std::array<int, side * side>;

// ITU-T T.81, tables K.1 and K.2, row by row.
constexpr Block luminance = {16, 11, 10, 16, 24,  40,  51,  61,   //
                             12, 12, 14, 19, 26,  58,  60,  55,   //
                             14, 13, 16, 24, 40,  57,  69,  56,   //
                             14, 17, 22, 29, 51,  87,  80,  62,   //
                             18, 22, 37, 56, 68,  109, 103, 77,   //
                             24, 35, 55, 64, 81,  104, 113, 92,   //
                             49, 64, 78, 87, 103, 121, 120, 101,  //
                             72, 92, 95, 98, 112, 100, 103, 99};
constexpr Block chrominance = {17, 18, 24, 47, 99, 99, 99, 99,  //
                               18, 21, 26, 66, 99, 99, 99, 99,  //
                               24, 26, 56, 99, 99, 99, 99, 99,  //
                               47, 66, 99, 99, 99, 99, 99, 99,  //
                               99, 99, 99, 99, 99, 99, 99, 99,  //
                               99, 99, 99, 99, 99, 99, 99, 99,  //
                               99, 99, 99, 99, 99, 99, 99, 99,  //
                               99, 99, 99, 99, 99, 99, 99, 99};

Block scaled(const Block& table, int quality) {
  const int percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  Block result;
  std::ranges::transform(table, result.begin(), [=](int q) { return std::clamp((q * percent + 50) / 100, 1, 255); });
  return result;
}

// The cosines' factors, times 2^13 and rounded.
constexpr int factor_bits = 13, extra_bits = 2;
constexpr int f0_298 = 2446, f0_390 = 3196, f0_541 = 4433, f0_765 = 6270, f0_899 = 7373, f1_175 = 9633, f1_501 = 12299,
              f1_847 = 15137, f1_961 = 16069, f2_053 = 16819, f2_562 = 20995, f3_072 = 25172;

constexpr int rounded_shift(int value, int bits) { return (value + (1 << (bits - 1))) >> bits; }

/// The rotations that both directions share: the four odd terms a, b, c, d in place.
void rotate_odd(int& a, int& b, int& c, int& d) {
  const int ad = -f0_899 * (a + d), bc = -f2_562 * (b + c), all = f1_175 * (a + b + c + d);
  const int ac = all - f1_961 * (a + c), bd = all - f0_390 * (b + d);
  a = a * f0_298 + ad + ac;
  b = b * f2_053 + bc + bd;
  c = c * f3_072 + bc + ac;
  d = d * f1_501 + ad + bd;
}

/// Eight values, `step` apart, to their frequencies, shifted to the right by `bits`.
void forward(int* v, int step, int bits) {
  const auto at = [=](int i) -> int& { return v[i * step]; };
  int odd[4], even[4];
  for (int i = 0; i < 4; ++i) {
    even[i] = at(i) + at(7 - i);
    odd[3 - i] = at(i) - at(7 - i);
  }
  const int low = even[0] + even[3], high = even[1] + even[2], a = even[1] - even[2], b = even[0] - even[3];
  const int both = (a + b) * f0_541;
  rotate_odd(odd[0], odd[1], odd[2], odd[3]);
  at(0) = rounded_shift((low + high) * (1 << factor_bits), bits);
  at(4) = rounded_shift((low - high) * (1 << factor_bits), bits);
  at(2) = rounded_shift(both + b * f0_765, bits);
  at(6) = rounded_shift(both - a * f1_847, bits);
  for (int i = 0; i < 4; ++i) at(7 - 2 * i) = rounded_shift(odd[i], bits);
}

void inverse(int* v, int step, int bits) {
  const auto at = [=](int i) -> int& { return v[i * step]; };
  const int both = (at(2) + at(6)) * f0_541, a = both - at(6) * f1_847, b = both + at(2) * f0_765;
  const int sum = (at(0) + at(4)) * (1 << factor_bits), difference = (at(0) - at(4)) * (1 << factor_bits);
  const int even[4] = {sum + b, difference + a, difference - a, sum - b};
  int odd[4] = {at(7), at(5), at(3), at(1)};
  rotate_odd(odd[0], odd[1], odd[2], odd[3]);
  for (int i = 0; i < 4; ++i) {
    at(i) = rounded_shift(even[i] + odd[3 - i], bits);
    at(7 - i) = rounded_shift(even[i] - odd[3 - i], bits);
  }
}

/// One block of one channel, 0 to 255, there and back.
void compress_block(Block& block, const Block& table) {
  for (int& v : block) v -= 128;
  for (int y = 0; y < side; ++y) forward(&block[static_cast<std::size_t>(y * side)], 1, factor_bits - extra_bits);
  for (int x = 0; x < side; ++x) forward(&block[static_cast<std::size_t>(x)], side, factor_bits + extra_bits);
  for (std::size_t i = 0; i < block.size(); ++i) {
    const int divisor = 8 * table[i];  // the transform's results are 8 times the orthonormal one's
    const int magnitude = (std::abs(block[i]) + divisor / 2) / divisor * table[i];
    block[i] = block[i] < 0 ? -magnitude : magnitude;
  }
  for (int x = 0; x < side; ++x) inverse(&block[static_cast<std::size_t>(x)], side, factor_bits - extra_bits);
  for (int y = 0; y < side; ++y) inverse(&block[static_cast<std::size_t>(y * side)], 1, factor_bits + extra_bits + 3);
  for (int& v : block) v = std::clamp(v + 128, 0, 255);
}

constexpr int fixed(double factor) { return static_cast<int>(factor * 65536 + 0.5); }
constexpr int half = 1 << 15;

void to_ycc(int* p) {
  const int r = p[0], g = p[1], b = p[2], middle = (128 << 16) + half - 1;
  p[0] = (fixed(0.299) * r + fixed(0.587) * g + fixed(0.114) * b + half) >> 16;
  p[1] = (-fixed(0.16874) * r - fixed(0.33126) * g + fixed(0.5) * b + middle) >> 16;
  p[2] = (fixed(0.5) * r - fixed(0.41869) * g - fixed(0.08131) * b + middle) >> 16;
}

void to_rgb(int* p) {
  const int y = p[0], cb = p[1] - 128, cr = p[2] - 128;
  p[0] = std::clamp(y + ((fixed(1.402) * cr + half) >> 16), 0, 255);
  p[1] = std::clamp(y + ((-fixed(0.34414) * cb - fixed(0.71414) * cr + half) >> 16), 0, 255);
  p[2] = std::clamp(y + ((fixed(1.772) * cb + half) >> 16), 0, 255);
}

void compress_channel(std::vector<int>& pixels, const Shape& shape, int channel, const Block& table) {
  const auto index = [&](int y, int x) {  // beyond the edge the last row and column go on
    return static_cast<std::size_t>((std::min(y, shape.h - 1) * shape.w + std::min(x, shape.w - 1)) * shape.c +
                                    channel);
  };
  Block block;
  for (int top = 0; top < shape.h; top += side)
    for (int left = 0; left < shape.w; left += side) {
      for (int i = 0; i < side * side; ++i)
        block[static_cast<std::size_t>(i)] = pixels[index(top + i / side, left + i % side)];
      compress_block(block, table);
      for (int y = 0; y < std::min(side, shape.h - top); ++y)
        for (int x = 0; x < std::min(side, shape.w - left); ++x)
          pixels[index(top + y, left + x)] = block[static_cast<std::size_t>(y * side + x)];
    }
}

}  // namespace

int jpeg_quality(const Jpeg& jpeg, std::uint64_t seed, Domain domain, std::uint32_t epoch, std::uint32_t id) {
  if (jpeg.upto <= jpeg.quality) return jpeg.quality;
  const std::uint64_t word = random_words(seed, domain, epoch, id, 0xFFFFFFFF)[1];
  const auto qualities = static_cast<std::uint64_t>(jpeg.upto - jpeg.quality + 1);
  return jpeg.quality + static_cast<int>((word * qualities) >> 32);
}

void compress_as_jpeg(std::span<float> elements, const Shape& shape, int quality) {
  std::vector<int> pixels(elements.size());
  std::ranges::transform(elements, pixels.begin(), [](float v) {  // what is no number becomes 0
    return static_cast<int>(255 * (v >= 0 ? std::min(v, 1.0f) : 0.0f) + 0.5f);
  });
  const bool colour = shape.c == 3;
  const auto for_each_pixel = [&](auto convert) {
    for (std::size_t i = 0; colour && i < pixels.size(); i += 3) convert(&pixels[i]);
  };
  const Block grey_table = scaled(luminance, quality), colour_table = scaled(chrominance, quality);
  for_each_pixel(to_ycc);
  for (int c = 0; c < shape.c; ++c) compress_channel(pixels, shape, c, colour && c > 0 ? colour_table : grey_table);
  for_each_pixel(to_rgb);
  std::ranges::transform(pixels, elements.begin(), [](int v) { return static_cast<float>(v) / 255; });
}

}  // namespace dae
