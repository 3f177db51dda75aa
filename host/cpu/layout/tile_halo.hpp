#pragma once

#include <array>
#include <cstdint>

#include "host/cpu/kernels/kernels.hpp"
#include "host/cpu/layout/lane_tiling.hpp"

namespace dae::cpu {

/// How the tiles of one image or of several lie in the lanes of a block, and the edges along which they meet.
class TileHalo {
 public:
  /// Every image has an equal run of the `lanes` lanes, however many of them it takes.
  TileHalo(const LaneTiling& tiling, const Shape& image, int images, int lanes);
  /// The same lanes for tiles of `height` x `width` pixels of another image.
  [[nodiscard]] TileHalo resized(int height, int width, const Shape& image) const;

  [[nodiscard]] const LaneTiling& tiling() const { return tiling_; }
  [[nodiscard]] const Shape& image() const { return image_; }
  [[nodiscard]] int images() const { return images_; }
  [[nodiscard]] int lanes_each() const { return lanes_ / images_; }
  /// How many rows and columns of each lane's tile lie inside the image; beyond the last tile it is not above 0.
  [[nodiscard]] const std::int32_t* rows() const { return rows_.data(); }
  [[nodiscard]] const std::int32_t* columns() const { return columns_.data(); }

  /// The planes of one image: its first tile in lane 0.
  template <class Float>
  [[nodiscard]] BasicPlanes<Float> of_image(BasicPlanes<Float> block, int image) const {
    block.at += std::ptrdiff_t{image} * lanes_each();
    return block;
  }

  /// Zeroes what lies beyond the image and fills the borders from the neighbouring tiles. No border may be wider than
  /// a tile.
  void exchange(const Kernels& kernels, const Planes& tiles, int before, int after) const;

 private:
  using Numbers = std::array<std::int32_t, most_lanes>;

  LaneTiling tiling_;
  Shape image_;
  int images_, lanes_;
  Numbers rows_{}, columns_{}, above_{}, below_{}, left_{}, right_{};
  int whole_rows_, whole_columns_;
};

}  // namespace dae::cpu
