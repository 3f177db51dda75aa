#include "host/cpu/stage.hpp"

namespace dae::cpu {

Stage::Stage(const Wiring& wiring)
    : out_(wiring.out),
      layers_(wiring.layers),
      forward_range_(range_name(layers_ + "/forward")),
      backward_range_(range_name(layers_ + "/backward")) {
  for (Value* value : wiring.in) {
    in_.push_back({value});
    value->data->live(wiring.forward_time);
    if (wiring.training) value->slope->live(wiring.backward_time);
  }
  out_->data->live(wiring.forward_time);
  if (wiring.training) out_->slope->live(wiring.backward_time);
}

Planes Stage::out(const Block& block) const {
  return out_->seams ? out_->data->in(block.arena) : with_clean_border(block, *out_->data);
}

Planes Stage::d_in(const Block& block, std::size_t i) const {
  const Tensor& slope = *in_[i].value->slope;
  // Borders of tiles are made by the stage that reads them.
  return adds(i) || in_[i].value->seams ? slope.in(block.arena) : with_clean_border(block, slope);
}

Planes with_clean_border(const Block& block, const Tensor& tensor) {
  const Planes planes = tensor.in(block.arena);
  if (tensor.shared() && tensor.before() + tensor.after() > 0)
    block.kernels.zero_border(block.channels(planes), tensor.before(), tensor.after());
  return planes;
}

}  // namespace dae::cpu
