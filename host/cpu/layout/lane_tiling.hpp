#pragma once

#include <cstddef>
#include <vector>

#include "dae/shape.hpp"

namespace dae::cpu {

/// How one image is spread over the lanes of a block, so that it need not share them with other images: in tiles of
/// `height` x `width` pixels, `down` x `across` of them, the tile in row i and column j in lane i * across + j. The
/// tiles may reach beyond the image's lower and right edge.
struct LaneTiling {
  int down = 1, across = 1;
  int height = 0, width = 0;

  [[nodiscard]] std::size_t pixels() const {
    return static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  }
  friend bool operator==(const LaneTiling&, const LaneTiling&) = default;
};

/// All tilings that an image may be spread in, with tiles whose sides are multiples of a power of two; the smallest
/// tiles first.
std::vector<LaneTiling> lane_tilings_for(const Shape& shape, int lanes);

/// The shape of a tile of an image of `shape`.
inline Shape tile_of(const LaneTiling& tiling, const Shape& shape) { return {1, tiling.height, tiling.width, shape.c}; }
/// The tile of a convolution's own output, of `shape`, where `out` is the tiling behind the pooling that it takes in.
Shape tile_before_pooling(const LaneTiling& out, bool pool, const Shape& shape);

}  // namespace dae::cpu
