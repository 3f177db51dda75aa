#include "host/cpu/stages/stage.hpp"

namespace dae::cpu {

Stage::Stage(const StageSpec& spec)
    : out_(spec.out),
      layers_(spec.layers),
      forward_range_(range_name(layers_ + "/forward")),
      backward_range_(range_name(layers_ + "/backward")) {
  for (Value* value : spec.in) {
    in_.push_back({value});
    value->data->live(spec.forward_time);
    if (spec.training) value->grad->live(spec.backward_time);
  }
  out_->data->live(spec.forward_time);
  if (spec.training) out_->grad->live(spec.backward_time);
}

Planes Stage::out(const Block& block) const {
  return out_->halo ? out_->data->in(block.arena) : with_clean_border(block, *out_->data);
}

Planes Stage::d_in(const Block& block, std::size_t i) const {
  const Tensor& grad = *in_[i].value->grad;
  // Borders of tiles are made by the stage that reads them.
  return adds(i) || in_[i].value->halo ? grad.in(block.arena) : with_clean_border(block, grad);
}

Planes with_clean_border(const Block& block, const Tensor& tensor) {
  const Planes planes = tensor.in(block.arena);
  if (tensor.shared() && tensor.before() + tensor.after() > 0)
    block.kernels.zero_border(block.channels(planes), tensor.before(), tensor.after());
  return planes;
}

}  // namespace dae::cpu
