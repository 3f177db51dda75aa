#include "host/cpu/seams.hpp"

#include <algorithm>

namespace dae::cpu {

Seams::Seams(const Grid& grid, const Shape& image, int images, int lanes)
    : grid_(grid),
      image_(image),
      images_(images),
      lanes_(lanes),
      whole_rows_(std::clamp(image.h - (grid.down - 1) * grid.height, 0, grid.height)),
      whole_columns_(std::clamp(image.w - (grid.across - 1) * grid.width, 0, grid.width)) {
  constexpr auto yes_or_no = [](bool yes) { return yes ? -1 : 0; };
  for (int n = 0; n < images; ++n)
    for (int i = 0; i < grid.down; ++i)
      for (int j = 0; j < grid.across; ++j) {
        const auto lane = static_cast<std::size_t>(n * lanes_each() + i * grid.across + j);
        rows_[lane] = image.h - i * grid.height;
        columns_[lane] = image.w - j * grid.width;
        above_[lane] = yes_or_no(i > 0);
        below_[lane] = yes_or_no(i + 1 < grid.down);
        left_[lane] = yes_or_no(j > 0);
        right_[lane] = yes_or_no(j + 1 < grid.across);
      }
}

Seams Seams::resized(int height, int width, const Shape& image) const {
  return {{grid_.down, grid_.across, height, width}, image, images_, lanes_};
}

void Seams::mend(const Kernels& kernels, const Planes& tiles, int before, int after) const {
  kernels.mend({.planes = tiles,
                .before = before,
                .after = after,
                .across = grid_.across,
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
