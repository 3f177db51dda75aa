#include "host/cpu/conv.hpp"

#include <algorithm>

namespace dae::cpu {
namespace {

// Pixels whose gradient is unpooled at a time when no later pass needs all of it: few enough that those of 32 channels
// stay in the cache, enough for the sums over them to outweigh adding up their lanes.
constexpr int pixels_at_once = 128;

}  // namespace

ConvStage::ConvStage(const Wiring& wiring, const Conv2d& op, const Shape& shape, bool upsampled)
    : Stage(wiring),
      relu_(wiring.relu),
      pool_(wiring.pool),
      height_(shape.h),
      width_(shape.w),
      weights_(wiring.weights),
      bias_(wiring.bias) {
  if (wiring.training) {
    full_slope_ = pool_ ? wiring.layout.add(shape) : out_->slope;
    full_slope_->live(wiring.backward_time);
    in_[0].value->data->live(wiring.backward_time);
  }
  if (wiring.training && pool_) {
    index_ = wiring.layout.add_scratch(
        out_->shape.sample_size() * static_cast<std::size_t>(wiring.layout.lanes()) / sizeof(float) + 1);
    index_->live(wiring.forward_time);
    index_->live(wiring.backward_time);
  } else if (wiring.training && relu_) {
    out_->data->live(wiring.backward_time);
  }
  convolution_ =
      make_convolution(ConvShape(op, wiring.in[0]->shape, shape, upsampled),
                       {wiring.layout, in_[0].value->data, full_slope_, wiring.forward_time, wiring.backward_time});
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
                         .height = height_,
                         .width = width_,
                         .index = index(block)});
}

void ConvStage::backward(const Block& block) const {
  float* bias = block.gradients + bias_;
  if (pool_ && convolution_->row_by_row() && !wants_d_in(block)) return backward_by_rows(block);
  const Planes slope = pool_ ? with_clean_border(block, *full_slope_) : d_out(block);
  if (pool_)
    block.kernels.pool_relu_backward(d_out(block), index(block), slope, bias);
  else if (relu_)
    block.kernels.relu_bias_backward(result(block), slope, bias);
  else
    block.kernels.bias_gradient(slope, bias);
  convolution_->filter_gradient(block, in(block), slope, block.gradients + weights_);
  if (wants_d_in(block)) convolution_->input_gradient(block, block.packed + packed_, slope, d_in(block), adds());
}

void ConvStage::backward_by_rows(const Block& block) const {
  const ConstPlanes image = in(block), slope = d_out(block);
  const Planes full = full_slope_->in(block.arena);
  const int step = std::max(1, pixels_at_once / (2 * width_));
  for (int y = 0; y < slope.height; y += step) {
    ConstPlanes pooled = slope, from = image;
    pooled.at += y * slope.row;
    pooled.height = std::min(step, slope.height - y);
    ConstPoolIndex place = index(block);
    place.at += std::ptrdiff_t{y} * slope.width * block.kernels.lanes;
    Planes rows = full;  // the first rows of its memory serve all of them
    rows.height = std::min(2 * pooled.height, height_ - 2 * y);
    from.at += 2 * y * image.row;
    block.kernels.pool_relu_backward(pooled, place, rows, block.gradients + bias_);
    convolution_->filter_gradient(block, from, rows, block.gradients + weights_);
  }
}

}  // namespace dae::cpu
