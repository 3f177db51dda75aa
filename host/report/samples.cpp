#include "host/report/samples.hpp"

#include <algorithm>

#include "dae/error.hpp"

namespace dae {
namespace {

constexpr int wanted_height = 112, gap = 8;
constexpr std::uint8_t gap_value = 255;

}  // namespace

Picture sample_grid(std::span<const std::vector<float>> rows, const Shape& shape) {
  const std::size_t size = shape.sample_size();
  if (rows.empty() || size == 0 || rows[0].size() < size) throw UsageError("a sample grid needs at least one image");
  for (const std::vector<float>& row : rows) {
    if (row.size() != rows[0].size() || row.size() % size != 0) {
      throw UsageError("a sample grid needs rows of one length, in whole images");
    }
  }
  const int scale = std::max(1, wanted_height / std::max(1, shape.h));
  const int columns = static_cast<int>(rows[0].size() / size), channels = shape.c == 3 ? 3 : 1;
  const int cell_h = shape.h * scale + gap, cell_w = shape.w * scale + gap;
  const Shape out{1, static_cast<int>(rows.size()) * cell_h + gap, columns * cell_w + gap, channels};
  std::vector<std::uint8_t> pixels(out.size(), gap_value);
  std::size_t at = 0;
  for (int y = 0; y < out.h; ++y) {
    for (int x = 0; x < out.w; ++x) {
      const int in_y = y % cell_h - gap, in_x = x % cell_w - gap;
      for (int c = 0; c < channels; ++c, ++at) {
        if (in_y < 0 || in_x < 0) continue;
        const auto image = static_cast<std::size_t>(x / cell_w);
        const auto pixel = static_cast<std::size_t>((in_y / scale * shape.w + in_x / scale) * shape.c + c);
        pixels[at] = pixel_of<std::uint8_t>(rows[static_cast<std::size_t>(y / cell_h)][image * size + pixel]);
      }
    }
  }
  return {out, std::move(pixels)};
}

}  // namespace dae
