#include "host/cpu/noise_map.hpp"

namespace dae::cpu {

void NoiseMapStage::forward(const Block& block) const { block.kernels.fill(out(block), levels_.in(block.arena).at); }

/// The map says nothing of the pixels.
void NoiseMapStage::backward(const Block& block) const {
  constexpr float zeros[most_lanes] = {};
  if (wants_d_in(block) && !adds()) block.kernels.fill(d_in(block), zeros);
}

}  // namespace dae::cpu
