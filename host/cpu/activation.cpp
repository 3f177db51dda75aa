#include "host/cpu/activation.hpp"

namespace dae::cpu {

ReluStage::ReluStage(const Wiring& wiring) : Stage(wiring) {
  if (wiring.training) out_->data->live(wiring.backward_time);
}

void ReluStage::forward(const Block& block) const { block.kernels.relu(in(block), out(block)); }

void ReluStage::backward(const Block& block) const {
  if (wants_d_in(block)) block.kernels.relu_backward(result(block), d_out(block), d_in(block), adds());
}

SigmoidStage::SigmoidStage(const Wiring& wiring) : Stage(wiring) {
  if (wiring.training) out_->data->live(wiring.backward_time);
}

void SigmoidStage::forward(const Block& block) const { block.kernels.sigmoid(in(block), out(block)); }

void SigmoidStage::backward(const Block& block) const {
  if (wants_d_in(block)) block.kernels.sigmoid_backward(result(block), d_out(block), d_in(block), adds());
}

}  // namespace dae::cpu
