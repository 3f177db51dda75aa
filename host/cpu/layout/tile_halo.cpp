#include "host/cpu/layout/tile_halo.hpp"

#include <algorithm>

namespace dae::cpu {

TileHalo::TileHalo(const LaneTiling& tiling, const Shape& image, int images, int lanes)
    : tiling_(tiling),
      image_(image),
      images_(images),
      lanes_(lanes),
      whole_rows_(std::clamp(image.h - (tiling.down - 1) * tiling.height, 0, tiling.height)),
      whole_columns_(std::clamp(image.w - (tiling.across - 1) * tiling.width, 0, tiling.width)) {
  constexpr auto yes_or_no = [](bool yes) { return yes ? -1 : 0; };
  for (int n = 0; n < images; ++n)
    for (int i = 0; i < tiling.down; ++i)
      for (int j = 0; j < tiling.across; ++j) {
        const auto lane = static_cast<std::size_t>(n * lanes_each() + i * tiling.across + j);
        rows_[lane] = image.h - i * tiling.height;
        columns_[lane] = image.w - j * tiling.width;
        above_[lane] = yes_or_no(i > 0);
        below_[lane] = yes_or_no(i + 1 < tiling.down);
        left_[lane] = yes_or_no(j > 0);
        right_[lane] = yes_or_no(j + 1 < tiling.across);
      }
}

TileHalo TileHalo::resized(int height, int width, const Shape& image) const {
  return {{tiling_.down, tiling_.across, height, width}, image, images_, lanes_};
}

void TileHalo::exchange(const Kernels& kernels, const Planes& tiles, int before, int after) const {
  kernels.exchange({.planes = tiles,
                    .before = before,
                    .after = after,
                    .across = tiling_.across,
                    .rows = rows_.data(),
                    .columns = columns_.data(),
                    .above = above_.data(),
                    .below = below_.data(),
                    .left = left_.data(),
                    .right = right_.data(),
                    .whole_rows = whole_rows_,
                    .whole_columns = whole_columns_});
}

}  // namespace dae::cpu
