#include "host/cpu/spread.hpp"

#include <algorithm>

namespace dae::cpu {
namespace {

/// An image in tiles, addressed by its own rows and columns.
template <class Float>
struct Tiled {
  const BasicPlanes<Float>& planes;
  const Grid& grid;
  int lanes;

  [[nodiscard]] Float* pixel(int c, int y, int x) const {
    const std::ptrdiff_t lane = std::ptrdiff_t{y / grid.height} * grid.across + x / grid.width;
    return planes.at + c * planes.plane + y % grid.height * planes.row + std::ptrdiff_t{x % grid.width} * lanes + lane;
  }
  /// Pixels from x to the end of the tile.
  [[nodiscard]] int left(int x) const { return grid.width - x % grid.width; }
};

void copy(const float* from, std::ptrdiff_t from_step, float* to, std::ptrdiff_t to_step, int count) {
  for (int i = 0; i < count; ++i) to[i * to_step] = from[i * from_step];
}

}  // namespace

void SpreadStage::forward(const Block& block) const {
  const ConstPlanes source = in(block);
  const Planes target = out(block);
  const int lanes = block.kernels.lanes;
  const Shape& image = out_->seams->image();
  const Tiled<const float> from{source, in_[0].value->seams->grid(), lanes};
  const Tiled<float> to{target, out_->seams->grid(), lanes};
  for (int c = 0; c < image.c; ++c)
    for (int y = 0; y < image.h; ++y)
      for (int x = 0, count = 0; x < image.w; x += count) {
        count = std::min({image.w - x, from.left(x), to.left(x)});
        copy(from.pixel(c, y, x), lanes, to.pixel(c, y, x), lanes, count);
      }
}

void write_tiles(const Kernels& kernels, const float* from, const Seams& seams, const Planes& to) {
  const Shape& image = seams.image();
  const Tiled<float> tiles{to, seams.grid(), kernels.lanes};
  for (int y = 0; y < image.h; ++y)
    for (int x = 0, count = 0; x < image.w; x += count, from += std::ptrdiff_t{count} * image.c) {
      count = std::min(image.w - x, tiles.left(x));
      for (int c = 0; c < image.c; ++c) copy(from + c, image.c, tiles.pixel(c, y, x), kernels.lanes, count);
    }
}

void read_tiles(const Kernels& kernels, const ConstPlanes& from, const Seams& seams, float* to) {
  const Shape& image = seams.image();
  const Tiled<const float> tiles{from, seams.grid(), kernels.lanes};
  for (int y = 0; y < image.h; ++y)
    for (int x = 0, count = 0; x < image.w; x += count, to += std::ptrdiff_t{count} * image.c) {
      count = std::min(image.w - x, tiles.left(x));
      for (int c = 0; c < image.c; ++c) copy(tiles.pixel(c, y, x), kernels.lanes, to + c, image.c, count);
    }
}

}  // namespace dae::cpu
