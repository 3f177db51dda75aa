#include "host/cpu/stages/layer_stages.hpp"

namespace dae::cpu {

void NoiseMapStage::forward(const Block& block) const {
  const Planes map = out(block);
  block.kernels.fill(part_of(map, block.part(map)), levels_.in(block.arena).at);
}

/// The map says nothing of the pixels.
void NoiseMapStage::backward(const Block& block) const {
  constexpr float zeros[most_lanes] = {};
  if (!wants_d_in(block) || adds()) return;
  const Planes to = d_in(block);
  block.kernels.fill(part_of(to, block.part(to)), zeros);
}

}  // namespace dae::cpu
