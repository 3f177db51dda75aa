#include "host/cpu/stages/layer_stages.hpp"

namespace dae::cpu {

ReluStage::ReluStage(const StageSpec& spec) : Stage(spec) {
  if (spec.training) out_->data->live(spec.backward_time);
}

void ReluStage::forward(const Block& block) const {
  const Planes to = out(block);
  const Part mine = block.part(to);
  block.kernels.relu(part_of(in(block), mine), part_of(to, mine));
}

void ReluStage::backward(const Block& block) const {
  if (!wants_d_in(block)) return;
  const Planes to = d_in(block);
  const Part mine = block.part(to);
  block.kernels.relu_backward(part_of(result(block), mine), part_of(d_out(block), mine), part_of(to, mine), adds());
}

SigmoidStage::SigmoidStage(const StageSpec& spec) : Stage(spec) {
  if (spec.training) out_->data->live(spec.backward_time);
}

void SigmoidStage::forward(const Block& block) const {
  const Planes to = out(block);
  const Part mine = block.part(to);
  block.kernels.sigmoid(part_of(in(block), mine), part_of(to, mine));
}

void SigmoidStage::backward(const Block& block) const {
  if (!wants_d_in(block)) return;
  const Planes to = d_in(block);
  const Part mine = block.part(to);
  block.kernels.sigmoid_backward(part_of(result(block), mine), part_of(d_out(block), mine), part_of(to, mine), adds());
}

}  // namespace dae::cpu
