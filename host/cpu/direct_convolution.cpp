#include "host/cpu/direct_convolution.hpp"

#include <algorithm>
#include <utility>

namespace dae::cpu {
namespace {

// A multiple of the groups of 4 that weights are packed in.
constexpr int channels_at_once = 4;

}  // namespace

DirectConvolution::DirectConvolution(const ConvShape& shape, const ConvWiring& wiring)
    : shape_(shape), training_(wiring.d_out != nullptr) {
  wiring.in->need_border(shape.before, shape.after);
  rows_ = wiring.layout.add(channels_at_once, 2, shape.out_width);
  rows_->live(wiring.forward_time);
  // The gradient of the input is a convolution of the output's gradient that reaches this far.
  if (training_)
    wiring.d_out->need_border(
        shape.kernel - 1 - shape.before,
        shape.before + std::max(shape.in_height - shape.out_height, shape.in_width - shape.out_width));
}

std::size_t DirectConvolution::packed_size() const { return shape_.weights() * (training_ ? 2 : 1); }

void DirectConvolution::pack(const Kernels& kernels, const float* weights, float* packed) const {
  const std::ptrdiff_t area = shape_.kernel * shape_.kernel;
  ConvWeights from{.at = weights,
                   .out_stride = shape_.in_channels * area,
                   .in_stride = area,
                   .out_channels = shape_.out_channels,
                   .in_channels = shape_.in_channels,
                   .height = shape_.kernel,
                   .width = shape_.kernel};
  kernels.pack_conv(from, packed);
  if (!training_) return;
  std::swap(from.out_stride, from.in_stride);
  std::swap(from.out_channels, from.in_channels);
  from.mirror = true;
  kernels.pack_conv(from, packed + shape_.weights());
}

void DirectConvolution::convolve(const Block& block, const float* packed, ConstPlanes in, Planes out,
                                 const Finish& finish) const {
  block.kernels.conv({.in = in,
                      .out = out,
                      .weights = packed,
                      .finish = finish,
                      .kernel_h = shape_.kernel,
                      .kernel_w = shape_.kernel,
                      .origin_y = -shape_.before,
                      .origin_x = -shape_.before});
}

void DirectConvolution::forward(const Block& block, const float* packed, ConstPlanes in, Planes out,
                                const Finish& finish) const {
  if (!finish.pool) return convolve(block, packed, in, out, finish);
  // A few channels and two rows at a time: they are pooled while they are in the first level cache, and the whole is
  // never stored.
  const std::ptrdiff_t channel_weights = std::ptrdiff_t{shape_.in_channels} * shape_.kernel * shape_.kernel;
  for (int c = 0; c < out.channels; c += channels_at_once)
    for (int y = 0; y < out.height; ++y) {
      Planes sums = rows_->in(block.arena), pooled = out;
      sums.channels = pooled.channels = std::min(channels_at_once, out.channels - c);
      sums.height = std::min(2, shape_.out_height - 2 * y);
      ConstPlanes from = in;
      from.at += 2 * y * in.row;
      convolve(block, packed + c * channel_weights, from, sums, {.bias = finish.bias + c});
      pooled.at += c * out.plane + y * out.row;
      pooled.height = 1;
      PoolIndex index = finish.index;
      if (index.at != nullptr) index.at += c * index.plane + std::ptrdiff_t{y} * out.width * block.kernels.lanes;
      block.kernels.pool_relu(sums, pooled, index);
    }
}

void DirectConvolution::filter_gradient(const Block& block, ConstPlanes in, ConstPlanes d_out, float* gradient) const {
  block.kernels.conv_filter({.in = in,
                             .d_out = d_out,
                             .gradient = gradient,
                             .kernel_h = shape_.kernel,
                             .kernel_w = shape_.kernel,
                             .origin_y = -shape_.before,
                             .origin_x = -shape_.before});
}

void DirectConvolution::input_gradient(const Block& block, const float* packed, ConstPlanes d_out, Planes d_in,
                                       bool accumulate) const {
  const int origin = shape_.before - (shape_.kernel - 1);
  block.kernels.conv({.in = d_out,
                      .out = d_in,
                      .weights = packed + shape_.weights(),
                      .finish = {.accumulate = accumulate},
                      .kernel_h = shape_.kernel,
                      .kernel_w = shape_.kernel,
                      .origin_y = origin,
                      .origin_x = origin});
}

double DirectConvolution::multiply_adds() const {
  return static_cast<double>(shape_.weights()) * shape_.out_height * shape_.out_width;
}

}  // namespace dae::cpu
