#pragma once

#include "host/cpu/stages/stage.hpp"

namespace dae::cpu {

/// Moves images from one tiling to another.
class RetileStage final : public Stage {
 public:
  using Stage::Stage;
  void forward(const Block&) const override;
  void backward(const Block&) const override;
};

/// Zeroes all lanes.
void clear(const Kernels& kernels, const Planes& planes);
/// Copies an image of host memory (h, w, c) into the tiles that image number `image` of a block has, and back.
void write_image(const Kernels& kernels, const float* from, int image, const TileHalo& halo, const Planes& to);
void read_image(const Kernels& kernels, const ConstPlanes& from, int image, const TileHalo& halo, float* to);

}  // namespace dae::cpu
