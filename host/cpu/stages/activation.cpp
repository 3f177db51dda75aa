#include "host/cpu/stages/layer_stages.hpp"

namespace dae::cpu {

ActivationStage::ActivationStage(const StageSpec& spec, Forward forward, Backward backward)
    : Stage(spec), forward_(forward), backward_(backward) {
  if (spec.training) out_->data->live(spec.backward_time);
}

void ActivationStage::forward(const Block& block) const {
  const Planes to = out(block);
  const Part mine = block.part(to);
  (block.kernels.*forward_)(part_of(in(block), mine), part_of(to, mine));
}

void ActivationStage::backward(const Block& block) const {
  if (!wants_d_in(block)) return;
  const Planes to = d_in(block);
  const Part mine = block.part(to);
  (block.kernels.*backward_)(part_of(result(block), mine), part_of(d_out(block), mine), part_of(to, mine), adds());
}

}  // namespace dae::cpu
