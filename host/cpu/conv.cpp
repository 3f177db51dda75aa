#include "host/cpu/conv.hpp"

namespace dae::cpu {

ConvStage::ConvStage(const Wiring& wiring, const Conv2d& op, bool relu, bool upsampled)
    : Stage(wiring),
      relu_(relu),
      weights_(wiring.weights),
      bias_(wiring.bias),
      convolution_(make_convolution(ConvShape(op, wiring.in[0]->shape, wiring.out->shape, upsampled), wiring)) {
  if (!wiring.training) return;
  in_[0].value->data->live(wiring.backward_time);
  if (relu_) out_->data->live(wiring.backward_time);
}

void ConvStage::pack(const Kernels& kernels, const float* weights, float* packed) const {
  convolution_->pack(kernels, weights + weights_, packed + packed_);
}

void ConvStage::forward(const Block& block) const {
  convolution_->forward(block, block.packed + packed_, in(block), out(block),
                        {.bias = block.weights + bias_, .relu = relu_});
}

void ConvStage::backward(const Block& block) const {
  const Planes slope = d_out(block);
  if (relu_) block.kernels.relu_backward(result(block), slope, slope, false);
  block.kernels.bias_gradient(slope, block.gradients + bias_);
  convolution_->filter_gradient(block, in(block), slope, block.gradients + weights_);
  if (wants_d_in(block)) convolution_->input_gradient(block, block.packed + packed_, slope, d_in(block), adds());
}

}  // namespace dae::cpu
