#include "host/cpu/stages/retile.hpp"

#include <algorithm>

namespace dae::cpu {
namespace {

/// An image in tiles, addressed by its own rows and columns.
template <class Float>
struct Tiled {
  const BasicPlanes<Float>& planes;
  const LaneTiling& tiling;
  int lanes;

  [[nodiscard]] Float* pixel(int c, int y, int x) const {
    const std::ptrdiff_t lane = std::ptrdiff_t{y / tiling.height} * tiling.across + x / tiling.width;
    return planes.at + c * planes.plane + y % tiling.height * planes.row + std::ptrdiff_t{x % tiling.width} * lanes +
           lane;
  }
  /// Pixels from x to the end of the tile.
  [[nodiscard]] int left(int x) const { return tiling.width - x % tiling.width; }
};

void copy(const float* from, std::ptrdiff_t from_step, float* to, std::ptrdiff_t to_step, int count) {
  for (int i = 0; i < count; ++i) to[i * to_step] = from[i * from_step];
}

void add(const float* from, std::ptrdiff_t from_step, float* to, std::ptrdiff_t to_step, int count) {
  for (int i = 0; i < count; ++i) to[i * to_step] += from[i * from_step];
}

/// Copies, or adds, all pixels of the images of a block from one tiling to another, of the thread's share of the
/// channels. Lanes that no image has stay as they are.
template <class Move>
void spread(const Block& block, const ConstPlanes& source, const TileHalo& from_halo, const Planes& target,
            const TileHalo& to_halo, Move move) {
  const int lanes = block.kernels.lanes;
  const Slice channels = block.share(source.channels);
  const Shape& image = to_halo.image();
  for (int n = 0; n < to_halo.images(); ++n) {
    const ConstPlanes source_image = from_halo.of_image(source, n);
    const Planes target_image = to_halo.of_image(target, n);
    const Tiled<const float> from{source_image, from_halo.tiling(), lanes};
    const Tiled<float> to{target_image, to_halo.tiling(), lanes};
    for (int c = channels.first; c < channels.end(); ++c)
      for (int y = 0; y < image.h; ++y)
        for (int x = 0, count = 0; x < image.w; x += count) {
          count = std::min({image.w - x, from.left(x), to.left(x)});
          move(from.pixel(c, y, x), lanes, to.pixel(c, y, x), lanes, count);
        }
  }
}

}  // namespace

void RetileStage::forward(const Block& block) const {
  // Lanes without a tile must hold numbers: their gradient is 0 times them.
  if (out_->grad != nullptr) clear(block.kernels, block.channels(out(block)));
  spread(block, in(block), *in_[0].value->halo, out(block), *out_->halo, copy);
}

void RetileStage::backward(const Block& block) const {
  if (!wants_d_in(block)) return;
  const Planes grad = d_in(block);
  if (!adds()) clear(block.kernels, block.channels(grad));
  spread(block, d_out(block), *out_->halo, grad, *in_[0].value->halo, add);
}

void clear(const Kernels& kernels, const Planes& planes) {
  constexpr float zeros[most_lanes] = {};
  kernels.fill(planes, zeros);
}

void write_image(const Kernels& kernels, const float* from, int image, const TileHalo& halo, const Planes& to) {
  const Shape& shape = halo.image();
  const Planes planes = halo.of_image(to, image);
  const Tiled<float> tiles{planes, halo.tiling(), kernels.lanes};
  for (int y = 0; y < shape.h; ++y)
    for (int x = 0, count = 0; x < shape.w; x += count, from += std::ptrdiff_t{count} * shape.c) {
      count = std::min(shape.w - x, tiles.left(x));
      for (int c = 0; c < shape.c; ++c) copy(from + c, shape.c, tiles.pixel(c, y, x), kernels.lanes, count);
    }
}

void read_image(const Kernels& kernels, const ConstPlanes& from, int image, const TileHalo& halo, float* to) {
  const Shape& shape = halo.image();
  const ConstPlanes planes = halo.of_image(from, image);
  const Tiled<const float> tiles{planes, halo.tiling(), kernels.lanes};
  for (int y = 0; y < shape.h; ++y)
    for (int x = 0, count = 0; x < shape.w; x += count, to += std::ptrdiff_t{count} * shape.c) {
      count = std::min(shape.w - x, tiles.left(x));
      for (int c = 0; c < shape.c; ++c) copy(tiles.pixel(c, y, x), kernels.lanes, to + c, shape.c, count);
    }
}

}  // namespace dae::cpu
