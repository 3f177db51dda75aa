#pragma once

#include "host/cpu/stage.hpp"

namespace dae::cpu {

/// Moves an image from one grid to another.
class SpreadStage final : public Stage {
 public:
  using Stage::Stage;
  void forward(const Block&) const override;
  /// There is none: images in tiles are only predicted.
  void backward(const Block&) const override {}
};

/// Copies an image of host memory (h, w, c) into the tiles of a block, and back.
void write_tiles(const Kernels& kernels, const float* from, const Seams& seams, const Planes& to);
void read_tiles(const Kernels& kernels, const ConstPlanes& from, const Seams& seams, float* to);

}  // namespace dae::cpu
