#include "host/cpu/conv.hpp"

namespace dae::cpu {

ConvStage::ConvStage(const Wiring& wiring, const Conv2d& op, bool relu)
    : Stage(wiring),
      kernel_(op.kernel),
      before_(op.padding == Padding::same ? (op.kernel - 1) / 2 : 0),
      relu_(relu),
      training_(wiring.training),
      in_channels_(wiring.in[0]->shape.c),
      out_channels_(op.filters),
      weights_(wiring.weights),
      bias_(wiring.bias) {
  const int after = op.padding == Padding::same ? op.kernel - 1 - before_ : 0;
  wiring.in[0]->data->need_border(before_, after);
  if (training_) {
    wiring.in[0]->data->live(wiring.backward_time);
    if (relu_) out_->data->live(wiring.backward_time);
    // The gradient of the input is a convolution of the output's gradient that reaches this far.
    out_->slope->need_border(kernel_ - 1 - before_, kernel_ - 1 - after);
  }
}

std::size_t ConvStage::weight_count() const {
  return static_cast<std::size_t>(in_channels_) * static_cast<std::size_t>(out_channels_) *
         static_cast<std::size_t>(kernel_ * kernel_);
}

std::size_t ConvStage::packed_size() const { return weight_count() * (training_ ? 2 : 1); }

void ConvStage::pack(const Kernels& kernels, const float* weights, float* packed) const {
  const std::ptrdiff_t area = kernel_ * kernel_;
  kernels.pack_conv(
      {weights + weights_, in_channels_ * area, area, out_channels_, in_channels_, kernel_, kernel_, false},
      packed + packed_);
  if (training_)
    kernels.pack_conv(
        {weights + weights_, area, in_channels_ * area, in_channels_, out_channels_, kernel_, kernel_, true},
        packed + packed_ + weight_count());
}

void ConvStage::forward(const Block& block) const {
  block.kernels.conv({.in = in(block),
                      .out = out(block),
                      .weights = block.packed + packed_,
                      .bias = block.weights + bias_,
                      .kernel_h = kernel_,
                      .kernel_w = kernel_,
                      .origin_y = -before_,
                      .origin_x = -before_,
                      .relu = relu_});
}

void ConvStage::backward(const Block& block) const {
  const Planes slope = d_out(block);
  if (relu_) block.kernels.relu_backward(result(block), slope, slope, false);
  block.kernels.bias_gradient(slope, block.gradients + bias_);
  block.kernels.conv_filter({.in = in(block),
                             .d_out = slope,
                             .gradient = block.gradients + weights_,
                             .kernel_h = kernel_,
                             .kernel_w = kernel_,
                             .origin_y = -before_,
                             .origin_x = -before_});
  if (!wants_d_in(block)) return;
  block.kernels.conv({.in = slope,
                      .out = d_in(block),
                      .weights = block.packed + packed_ + weight_count(),
                      .kernel_h = kernel_,
                      .kernel_w = kernel_,
                      .origin_y = before_ - (kernel_ - 1),
                      .origin_x = before_ - (kernel_ - 1),
                      .accumulate = adds()});
}

}  // namespace dae::cpu
