#include "host/cpu/stages/layer_stages.hpp"

namespace dae::cpu {

void UpsampleStage::forward(const Block& block) const {
  const Part mine = block.part(in(block));
  block.kernels.upsample(part_of(in(block), mine), factor_,
                         rows_times(channels_of(out(block), mine.channels), factor_, mine.rows));
}

void UpsampleStage::backward(const Block& block) const {
  if (!wants_d_in(block)) return;
  const Planes to = d_in(block);
  const Part mine = block.part(to);
  block.kernels.upsample_backward(rows_times(channels_of(d_out(block), mine.channels), factor_, mine.rows), factor_,
                                  part_of(to, mine), adds());
}

}  // namespace dae::cpu
