#include "host/noise/jpeg_noise.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "host/noise/jpeg_transform.hpp"
#include "host/noise/philox.hpp"

namespace dae {
namespace {

using jpeg::side;
using Block = int[side][side];

template <class Transform>
void each_row(Block& block, Transform transform) {
  for (int(&row)[side] : block) transform(row);
}

template <class Transform>
void each_column(Block& block, Transform transform) {
  for (int x = 0; x < side; ++x) {
    int column[side];
    for (int y = 0; y < side; ++y) column[y] = block[y][x];
    transform(column);
    for (int y = 0; y < side; ++y) block[y][x] = column[y];
  }
}

/// One block of one channel, 0 to 255, there and back.
void compress_block(Block& block, const Block& divisors) {
  for (auto& row : block)
    for (int& v : row) v -= 128;
  each_row(block, jpeg::forward_row);
  each_column(block, jpeg::forward_column);
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x) block[y][x] = jpeg::quantised(block[y][x], divisors[y][x]);
  each_column(block, jpeg::inverse_column);
  each_row(block, jpeg::inverse_row);
  for (auto& row : block)
    for (int& v : row) v = jpeg::clipped(v + 128, 0, 255);
}

void compress_channel(std::vector<int>& pixels, const Shape& shape, int channel, const unsigned char* table,
                      int quality) {
  const auto index = [&](int y, int x) {  // beyond the edge the last row and column go on
    return static_cast<std::size_t>((std::min(y, shape.h - 1) * shape.w + std::min(x, shape.w - 1)) * shape.c +
                                    channel);
  };
  Block block, divisors;
  for (int i = 0; i < side * side; ++i) divisors[i / side][i % side] = jpeg::divisor(table[i], quality);
  for (int top = 0; top < shape.h; top += side)
    for (int left = 0; left < shape.w; left += side) {
      for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) block[y][x] = pixels[index(top + y, left + x)];
      compress_block(block, divisors);
      for (int y = 0; y < std::min(side, shape.h - top); ++y)
        for (int x = 0; x < std::min(side, shape.w - left); ++x) pixels[index(top + y, left + x)] = block[y][x];
    }
}

}  // namespace

int jpeg_quality(const Jpeg& jpeg, std::uint64_t seed, RngStream rng_stream, std::uint32_t epoch, std::uint32_t id) {
  return jpeg::quality(jpeg.quality, jpeg.max, random_words(seed, rng_stream, epoch, id, 0xFFFFFFFF)[1]);
}

void compress_as_jpeg(std::span<float> elements, const Shape& shape, int quality) {
  std::vector<int> pixels(elements.size());
  std::ranges::transform(elements, pixels.begin(), jpeg::pixel);
  const bool colour = shape.c == 3;
  const auto for_each_pixel = [&](auto convert) {
    for (std::size_t i = 0; colour && i < pixels.size(); i += 3) {
      int p[3] = {pixels[i], pixels[i + 1], pixels[i + 2]};
      convert(p);
      std::copy_n(p, 3, &pixels[i]);
    }
  };
  for_each_pixel(jpeg::to_ycc);
  for (int c = 0; c < shape.c; ++c)
    compress_channel(pixels, shape, c, colour && c > 0 ? jpeg::tables.chrominance : jpeg::tables.luminance, quality);
  for_each_pixel(jpeg::to_rgb);
  std::ranges::transform(pixels, elements.begin(), [](int v) { return static_cast<float>(v) / 255; });
}

}  // namespace dae
