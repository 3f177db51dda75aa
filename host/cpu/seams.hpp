#pragma once

#include <array>
#include <cstdint>

#include "host/cpu/grid.hpp"
#include "host/cpu/kernels/kernels.hpp"

namespace dae::cpu {

/// The edges along which the tiles of an image meet.
class Seams {
 public:
  Seams(const Grid& grid, const Shape& image);

  [[nodiscard]] const Grid& grid() const { return grid_; }
  [[nodiscard]] const Shape& image() const { return image_; }

  /// Zeroes what lies beyond the image and fills the borders from the neighbouring tiles. No border may be wider than
  /// a tile.
  void mend(const Kernels& kernels, const Planes& tiles, int before, int after) const;

 private:
  using Numbers = std::array<std::int32_t, most_lanes>;

  Grid grid_;
  Shape image_;
  Numbers rows_{}, columns_{}, above_{}, below_{}, left_{}, right_{};
  int whole_rows_, whole_columns_;
};

}  // namespace dae::cpu
