#include "host/cpu/stages/layer_stages.hpp"

#include "host/cpu/runtime/aligned_floats.hpp"

namespace dae::cpu {

DenseStage::DenseStage(const StageSpec& spec, const Dense& op)
    : Stage(spec),
      in_channels_(spec.in[0]->shape.c),
      units_(op.units),
      relu_(spec.relu),
      weights_(spec.weights),
      bias_(spec.bias) {
  if (!spec.training) return;
  in_[0].value->data->live(spec.backward_time);
  if (relu_) out_->data->live(spec.backward_time);
  rows_ = spec.layout.add_scratch(AlignedFloats::whole_lines(static_cast<std::size_t>(in_channels_)) *
                                  static_cast<std::size_t>(spec.layout.lanes()));
  rows_->live(spec.backward_time);
}

void DenseStage::forward(const Block& block) const {
  const ConstPlanes from = in(block);
  const Planes all = out(block);
  const Slice units = block.share(units_);
  const Planes to = channels_of(all, units);
  block.kernels.gemm({.a = block.weights + weights_ + std::ptrdiff_t{units.first} * in_channels_,
                      .b = from.at,
                      .c = to.at,
                      .a_row = in_channels_,
                      .a_step = 1,
                      .b_row = from.plane,
                      .c_row = to.plane,
                      .rows = units.count,
                      .columns = block.kernels.lanes,
                      .depth = in_channels_});
  block.kernels.add_bias(to, block.weights + bias_ + units.first, relu_);
}

void DenseStage::backward(const Block& block) const {
  const Slice units = block.share(units_);
  const Planes all = d_out(block), grad = channels_of(all, units);
  float* bias = block.gradients + bias_ + units.first;
  if (relu_)
    block.kernels.relu_bias_backward(channels_of(result(block), units), grad, bias);
  else
    block.kernels.bias_gradient(grad, bias);

  float* rows = rows_->in(block.arena).at;
  const auto pitch = static_cast<std::ptrdiff_t>(AlignedFloats::whole_lines(static_cast<std::size_t>(in_channels_)));
  // By cache lines of the rows, which all their elements are written into.
  const Slice elements = block.share(in_channels_, AlignedFloats::alignment / sizeof(float));
  block.kernels.to_rows(channels_of(in(block), elements), rows + elements.first, pitch);
  block.meet();
  block.kernels.gemm({.a = grad.at,
                      .b = rows,
                      .c = block.gradients + weights_ + std::ptrdiff_t{units.first} * in_channels_,
                      .a_row = grad.plane,
                      .a_step = 1,
                      .b_row = pitch,
                      .c_row = in_channels_,
                      .rows = units.count,
                      .columns = in_channels_,
                      .depth = block.kernels.lanes,
                      .accumulate = true});
  if (!wants_d_in(block)) return;
  const Planes all_in = d_in(block);
  const Slice inputs = block.share(in_channels_);
  const Planes to = channels_of(all_in, inputs);
  block.kernels.gemm({.a = block.weights + weights_ + inputs.first,
                      .b = all.at,
                      .c = to.at,
                      .a_row = 1,
                      .a_step = in_channels_,
                      .b_row = all.plane,
                      .c_row = to.plane,
                      .rows = inputs.count,
                      .columns = block.kernels.lanes,
                      .depth = units_,
                      .accumulate = adds()});
}

}  // namespace dae::cpu
