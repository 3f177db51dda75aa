#include "host/cpu/pool.hpp"

namespace dae::cpu {

PoolStage::PoolStage(const Wiring& wiring, const MaxPool2d& op) : Stage(wiring), size_(op.size) {
  if (!wiring.training) return;
  // The backward pass compares the two again to find where a maximum came from.
  in_[0].value->data->live(wiring.backward_time);
  out_->data->live(wiring.backward_time);
}

void PoolStage::forward(const Block& block) const { block.kernels.pool(in(block), size_, out(block)); }

void PoolStage::backward(const Block& block) const {
  if (!wants_d_in(block)) return;
  block.kernels.pool_backward(in(block), result(block), d_out(block), size_, d_in(block), adds());
}

}  // namespace dae::cpu
