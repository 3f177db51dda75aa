#include "host/cpu/stages/layer_stages.hpp"

namespace dae::cpu {
namespace {

/// The thread's share of what is moved from the image to the deep image or back: some rows of the latter, whole.
template <class Space, class Depth>
struct Moved {
  BasicPlanes<Space> space;
  BasicPlanes<Depth> depth;

  Moved(const Block& block, const BasicPlanes<Space>& all_space, int size, const BasicPlanes<Depth>& all_depth)
      : space(rows_times(all_space, size, block.share(all_depth.height))),
        depth(rows_of(all_depth, block.share(all_depth.height))) {}
};

}  // namespace

void SpaceToDepthStage::forward(const Block& block) const {
  const Moved mine(block, in(block), block_, out(block));
  block.kernels.space_to_depth(mine.space, block_, mine.depth, false);
}

void SpaceToDepthStage::backward(const Block& block) const {
  if (!wants_d_in(block)) return;
  const Moved mine(block, d_in(block), block_, d_out(block));
  block.kernels.depth_to_space(mine.depth, block_, mine.space, adds());
}

void DepthToSpaceStage::forward(const Block& block) const {
  const Moved mine(block, out(block), block_, in(block));
  block.kernels.depth_to_space(mine.depth, block_, mine.space, false);
}

void DepthToSpaceStage::backward(const Block& block) const {
  if (!wants_d_in(block)) return;
  const Moved mine(block, d_out(block), block_, d_in(block));
  block.kernels.space_to_depth(mine.space, block_, mine.depth, adds());
}

}  // namespace dae::cpu
