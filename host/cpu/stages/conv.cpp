#include "host/cpu/stages/layer_stages.hpp"

#include <algorithm>

namespace dae::cpu {
namespace {

// Channels and pixels whose gradient is unpooled at a time when no later pass needs all of it: few enough to stay in
// the first level cache, enough for the sums over them to outweigh adding up their lanes.
constexpr int channels_at_once = 4, pixels_at_once = 128;

/// The inputs side by side. All but the first are upsampled to its size.
Shape joint_shape(const std::vector<Value*>& inputs) {
  Shape shape = inputs[0]->shape;
  for (std::size_t i = 1; i < inputs.size(); ++i) shape.c += inputs[i]->shape.c;
  return shape;
}

}  // namespace

ConvStage::ConvStage(const StageSpec& spec, const Conv2d& op, const Shape& shape, int upsampling, const Shape& whole)
    : Stage(spec),
      relu_(spec.relu),
      pool_(spec.pool),
      shape_(op, joint_shape(spec.in), shape, upsampling, whole),
      weights_(spec.weights),
      bias_(spec.bias) {
  if (spec.training) {
    full_grad_ = pool_ ? spec.layout.add(shape) : out_->grad;
    full_grad_->live(spec.backward_time);
    in_[0].value->data->live(spec.backward_time);
  }
  if (out_->halo) {
    full_halo_ = out_->halo->resized(shape.h, shape.w, whole);
    // Then no gradient passes the ReLU there.
    if (spec.training && relu_ && !pool_) out_->zero_beyond = true;
  }
  if (spec.training && pool_) {
    index_ = spec.layout.add_scratch(
        out_->shape.sample_size() * static_cast<std::size_t>(spec.layout.lanes()) / sizeof(float) + 1);
    index_->live(spec.forward_time);
    index_->live(spec.backward_time);
  } else if (spec.training && relu_) {
    out_->data->live(spec.backward_time);
  }
  convolution_ = make_convolution(shape_, {.layout = spec.layout,
                                           .in = in_[0].value->data,
                                           .d_out = full_grad_,
                                           .forward_time = spec.forward_time,
                                           .backward_time = spec.backward_time,
                                           .coarse = in_.size() > 1 ? in_[1].value->data : nullptr,
                                           .halo = full_halo_ ? &*full_halo_ : nullptr});
}

void ConvStage::pack(const Kernels& kernels, const float* weights, float* packed) const {
  convolution_->pack(kernels, weights + weights_, packed + packed_);
}

PoolIndex ConvStage::index(const Block& block) const {
  if (index_ == nullptr) return {};
  return {reinterpret_cast<std::uint8_t*>(index_->in(block.arena).at),
          std::ptrdiff_t{out_->shape.h} * out_->shape.w * block.kernels.lanes};
}

void ConvStage::forward(const Block& block) const {
  convolution_->forward(block, block.packed + packed_, in(block), out(block),
                        {.bias = block.weights + bias_,
                         .relu = relu_,
                         .pool = pool_,
                         .height = shape_.out_height,
                         .width = shape_.out_width,
                         .index = index(block)});
}

void ConvStage::backward(const Block& block) const {
  if (pool_ && convolution_->in_parts() && !wants_d_in(block)) return backward_by_parts(block);
  const Planes grad = grad_of_sums(block);
  block.meet();
  convolution_->filter_gradient(block, in(block), grad, block.gradients + weights_);
  if (wants_d_in(block)) convolution_->input_gradient(block, block.packed + packed_, grad, d_in(block), adds());
}

Planes ConvStage::grad_of_sums(const Block& block) const {
  const Kernels& kernels = block.kernels;
  const Planes all = !pool_ || full_halo_ ? full_grad_->in(block.arena) : with_clean_border(block, *full_grad_);
  const Slice channels = block.share(all.channels);
  const Planes mine = channels_of(all, channels);
  float* bias = block.gradients + bias_ + channels.first;
  const auto exchange = [&] {
    if (full_halo_) full_halo_->exchange(kernels, mine, full_grad_->before(), full_grad_->after());
  };
  if (!relu_) {
    exchange();
    kernels.bias_gradient(mine, bias);
    return all;
  }
  if (pool_)
    kernels.pool_relu_backward(pooled_grad(block, channels), channels_of(index(block), channels), mine, bias);
  else
    kernels.relu_bias_backward(channels_of(result(block), channels), mine, bias);
  exchange();
  return all;
}

/// Some channels of the output's gradient, in tiles zero beyond the image.
ConstPlanes ConvStage::pooled_grad(const Block& block, const Slice& channels) const {
  const Planes grad = channels_of(d_out(block), channels);
  if (out_->halo) out_->halo->exchange(block.kernels, grad, 0, 0);
  return grad;
}

void ConvStage::backward_by_parts(const Block& block) const {
  const Slice mine = block.share(shape_.out_channels, channels_at_once);
  const ConstPlanes image = in(block), grad = pooled_grad(block, mine);
  const Planes full = full_grad_->in(block.scratch);
  const int step = std::max(1, pixels_at_once / (2 * shape_.out_width));
  const std::ptrdiff_t channel_weights = static_cast<std::ptrdiff_t>(shape_.weights()) / shape_.out_channels;
  for (int c = 0; c < mine.count; c += channels_at_once)
    for (int y = 0; y < grad.height; y += step) {
      const Slice rows{y, std::min(step, grad.height - y)};
      const Slice channels{mine.first + c, std::min(channels_at_once, mine.count - c)};
      PoolIndex place = channels_of(index(block), channels);
      place.at += std::ptrdiff_t{y} * grad.width * block.kernels.lanes;
      // The first rows of the first channels serve all of them.
      const Planes sums =
          part_of(full, {{0, channels.count}, {0, std::min(2 * rows.count, shape_.out_height - 2 * y)}});
      ConstPlanes from = image;
      from.at += 2 * y * image.row;
      block.kernels.pool_relu_backward(part_of(grad, {{c, channels.count}, rows}), place, sums,
                                       block.gradients + bias_ + channels.first);
      convolution_->filter_gradient(block.alone(), from, sums,
                                    block.gradients + weights_ + channels.first * channel_weights);
    }
}

}  // namespace dae::cpu
