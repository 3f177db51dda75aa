#include "host/cpu/stages/layer_stages.hpp"

namespace dae::cpu {

PoolStage::PoolStage(const StageSpec& spec, const MaxPool2d& op) : Stage(spec), size_(op.size) {
  if (!spec.training) return;
  // The backward pass compares the two again to find where a maximum came from.
  in_[0].value->data->live(spec.backward_time);
  out_->data->live(spec.backward_time);
}

void PoolStage::forward(const Block& block) const {
  const Planes to = out(block);
  const Part mine = block.part(to);
  block.kernels.pool(windows(in(block), mine), size_, part_of(to, mine));
}

void PoolStage::backward(const Block& block) const {
  if (!wants_d_in(block)) return;
  const Part mine = block.part(result(block));
  block.kernels.pool_backward(windows(in(block), mine), part_of(result(block), mine), part_of(d_out(block), mine),
                              size_, windows(d_in(block), mine), adds());
}

}  // namespace dae::cpu
