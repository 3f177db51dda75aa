#include "host/cpu/conv.hpp"

#include <algorithm>

namespace dae::cpu {
namespace {

// Channels and pixels whose gradient is unpooled at a time when no later pass needs all of it: few enough to stay in
// the first level cache, enough for the sums over them to outweigh adding up their lanes.
constexpr int channels_at_once = 4, pixels_at_once = 128;

}  // namespace

ConvStage::ConvStage(const Wiring& wiring, const Conv2d& op, const Shape& shape, int upsampling, const Shape& whole)
    : Stage(wiring),
      relu_(wiring.relu),
      pool_(wiring.pool),
      shape_(op, wiring.in[0]->shape, shape, upsampling, whole),
      weights_(wiring.weights),
      bias_(wiring.bias) {
  if (wiring.training) {
    full_slope_ = pool_ ? wiring.layout.add(shape) : out_->slope;
    full_slope_->live(wiring.backward_time);
    in_[0].value->data->live(wiring.backward_time);
  }
  if (out_->seams) {
    full_seams_ = out_->seams->resized(shape.h, shape.w, whole);
    // Then no gradient passes the ReLU there.
    if (wiring.training && relu_ && !pool_) out_->zero_beyond = true;
  }
  if (wiring.training && pool_) {
    index_ = wiring.layout.add_scratch(
        out_->shape.sample_size() * static_cast<std::size_t>(wiring.layout.lanes()) / sizeof(float) + 1);
    index_->live(wiring.forward_time);
    index_->live(wiring.backward_time);
  } else if (wiring.training && relu_) {
    out_->data->live(wiring.backward_time);
  }
  convolution_ = make_convolution(shape_, {wiring.layout, in_[0].value->data, full_slope_, wiring.forward_time,
                                           wiring.backward_time, full_seams_ ? &*full_seams_ : nullptr});
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
  const Planes slope = slope_of_sums(block);
  convolution_->filter_gradient(block, in(block), slope, block.gradients + weights_);
  if (wants_d_in(block)) convolution_->input_gradient(block, block.packed + packed_, slope, d_in(block), adds());
}

Planes ConvStage::slope_of_sums(const Block& block) const {
  const Kernels& kernels = block.kernels;
  float* bias = block.gradients + bias_;
  const auto mend = [&](const Planes& slope) {
    if (full_seams_) full_seams_->mend(kernels, slope, full_slope_->before(), full_slope_->after());
  };
  if (!relu_) {
    mend(d_out(block));
    kernels.bias_gradient(d_out(block), bias);
    return d_out(block);
  }
  if (!pool_) {
    kernels.relu_bias_backward(result(block), d_out(block), bias);
    mend(d_out(block));
    return d_out(block);
  }
  const Planes full = full_seams_ ? full_slope_->in(block.arena) : with_clean_border(block, *full_slope_);
  kernels.pool_relu_backward(pooled_slope(block), index(block), full, bias);
  mend(full);
  return full;
}

/// The output's gradient, in tiles zero beyond the image.
ConstPlanes ConvStage::pooled_slope(const Block& block) const {
  if (out_->seams) out_->seams->mend(block.kernels, d_out(block), 0, 0);
  return d_out(block);
}

void ConvStage::backward_by_parts(const Block& block) const {
  const ConstPlanes image = in(block), slope = pooled_slope(block);
  const Planes full = full_slope_->in(block.arena);
  const int step = std::max(1, pixels_at_once / (2 * shape_.out_width));
  const std::ptrdiff_t channel_weights = static_cast<std::ptrdiff_t>(shape_.weights()) / shape_.out_channels;
  for (int c = 0; c < slope.channels; c += channels_at_once)
    for (int y = 0; y < slope.height; y += step) {
      ConstPlanes pooled = slope, from = image;
      pooled.at += c * slope.plane + y * slope.row;
      pooled.height = std::min(step, slope.height - y);
      pooled.channels = std::min(channels_at_once, slope.channels - c);
      ConstPoolIndex place = index(block);
      place.at += c * place.plane + std::ptrdiff_t{y} * slope.width * block.kernels.lanes;
      Planes rows = full;  // the first rows of its first channels serve all of them
      rows.channels = pooled.channels;
      rows.height = std::min(2 * pooled.height, shape_.out_height - 2 * y);
      from.at += 2 * y * image.row;
      block.kernels.pool_relu_backward(pooled, place, rows, block.gradients + bias_ + c);
      convolution_->filter_gradient(block, from, rows, block.gradients + weights_ + c * channel_weights);
    }
}

}  // namespace dae::cpu
