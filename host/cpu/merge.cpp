#include "host/cpu/merge.hpp"

namespace dae::cpu {
namespace {

/// Channels first .. first + count - 1.
Planes channels(Planes planes, int first, int count) {
  planes.at += first * planes.plane;
  planes.channels = count;
  return planes;
}

}  // namespace

void SumStage::forward(const Block& block) const {
  const Planes sum = out(block);
  block.kernels.add(in(block, 0), in(block, 1), sign_, sum);
  for (std::size_t i = 2; i < inputs(); ++i) block.kernels.scale(in(block, i), sign_, sum, true);
}

void SumStage::backward(const Block& block) const {
  for (std::size_t i = 0; i < inputs(); ++i)
    if (wants_d_in(block, i)) block.kernels.scale(d_out(block), sign(i), d_in(block, i), adds(i));
}

void ConcatStage::forward(const Block& block) const {
  const Planes all = out(block);
  for (std::size_t i = 0, first = 0; i < inputs(); ++i) {
    const ConstPlanes part = in(block, i);
    block.kernels.scale(part, 1.0f, channels(all, static_cast<int>(first), part.channels), false);
    first += static_cast<std::size_t>(part.channels);
  }
}

void ConcatStage::backward(const Block& block) const {
  const Planes all = d_out(block);
  for (std::size_t i = 0, first = 0; i < inputs(); ++i) {
    const int count = in_[i].value->shape.c;
    if (wants_d_in(block, i))
      block.kernels.scale(channels(all, static_cast<int>(first), count), 1.0f, d_in(block, i), adds(i));
    first += static_cast<std::size_t>(count);
  }
}

}  // namespace dae::cpu
