#include "host/cpu/stages/layer_stages.hpp"

namespace dae::cpu {
namespace {

/// The thread's part of to (+)= factor * from.
void scale(const Block& block, const ConstPlanes& from, float factor, const Planes& to, bool accumulate) {
  const Part mine = block.part(to);
  block.kernels.scale(part_of(from, mine), factor, part_of(to, mine), accumulate);
}

}  // namespace

void SumStage::forward(const Block& block) const {
  const Planes all = out(block);
  const Part mine = block.part(all);
  const Planes sum = part_of(all, mine);
  block.kernels.add(part_of(in(block, 0), mine), part_of(in(block, 1), mine), sign_, sum);
  for (std::size_t i = 2; i < inputs(); ++i) block.kernels.scale(part_of(in(block, i), mine), sign_, sum, true);
}

void SumStage::backward(const Block& block) const {
  for (std::size_t i = 0; i < inputs(); ++i)
    if (wants_d_in(block, i)) scale(block, d_out(block), sign(i), d_in(block, i), adds(i));
}

ConcatStage::ConcatStage(const StageSpec& spec) : Stage(spec) {
  if (!spec.joins) return;
  out_->parts = spec.in;
  int channel = 0;
  for (const Value* part : spec.in) {
    Layout::join(*part->data, *out_->data, channel);
    if (spec.training) Layout::join(*part->grad, *out_->grad, channel);
    channel += part->shape.c;
  }
}

void ConcatStage::forward(const Block& block) const {
  if (!out_->parts.empty()) return;
  const Planes all = out(block);
  Slice channels;
  for (std::size_t i = 0; i < inputs(); ++i) {
    channels = {channels.end(), in_[i].value->shape.c};
    scale(block, in(block, i), 1.0f, channels_of(all, channels), false);
  }
}

void ConcatStage::backward(const Block& block) const {
  if (!out_->parts.empty()) return;
  const Planes all = d_out(block);
  Slice channels;
  for (std::size_t i = 0; i < inputs(); ++i) {
    channels = {channels.end(), in_[i].value->shape.c};
    if (wants_d_in(block, i)) scale(block, channels_of(all, channels), 1.0f, d_in(block, i), adds(i));
  }
}

}  // namespace dae::cpu
