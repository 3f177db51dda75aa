#include "host/cpu/upsample.hpp"

namespace dae::cpu {

void UpsampleStage::forward(const Block& block) const { block.kernels.upsample(in(block), factor_, out(block)); }

void UpsampleStage::backward(const Block& block) const {
  if (wants_d_in(block)) block.kernels.upsample_backward(d_out(block), factor_, d_in(block), adds());
}

}  // namespace dae::cpu
