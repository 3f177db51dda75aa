#include "host/cpu/space.hpp"

namespace dae::cpu {

void SpaceToDepthStage::forward(const Block& block) const {
  block.kernels.space_to_depth(in(block), block_, out(block), false);
}

void SpaceToDepthStage::backward(const Block& block) const {
  if (wants_d_in(block)) block.kernels.depth_to_space(d_out(block), block_, d_in(block), adds());
}

void DepthToSpaceStage::forward(const Block& block) const {
  block.kernels.depth_to_space(in(block), block_, out(block), false);
}

void DepthToSpaceStage::backward(const Block& block) const {
  if (wants_d_in(block)) block.kernels.space_to_depth(d_out(block), block_, d_in(block), adds());
}

}  // namespace dae::cpu
