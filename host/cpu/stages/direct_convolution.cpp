#include "host/cpu/stages/convolutions.hpp"

#include <algorithm>
#include <utility>

namespace dae::cpu {

DirectConvolution::DirectConvolution(const ConvShape& shape, const ConvTensors& tensors)
    : shape_(shape), training_(tensors.d_out != nullptr) {
  tensors.in->need_border(shape.before, shape.after);
  rows_ = tensors.layout.add(packed_channels, 2, shape.out_width);
  rows_->live(tensors.forward_time);
  // The gradient of the input is a convolution of the output's gradient that reaches this far.
  if (training_)
    tensors.d_out->need_border(
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

void DirectConvolution::convolve(const Block& block, const float* packed, ConstPlanes in, const Part& part,
                                 const Planes& out, int origin, const Epilogue& epilogue) const {
  in.at += part.rows.first * in.row;
  block.kernels.conv(
      {.in = in,
       .out = out,
       .weights = packed + std::ptrdiff_t{part.channels.first} * in.channels * shape_.kernel * shape_.kernel,
       .epilogue = channels_of(epilogue, part.channels),
       .kernel_h = shape_.kernel,
       .kernel_w = shape_.kernel,
       .origin_y = origin,
       .origin_x = origin});
}

void DirectConvolution::forward(const Block& block, const float* packed, ConstPlanes in, Planes out,
                                const Epilogue& epilogue) const {
  const Part mine = block.part(out.channels, packed_channels, out.height);
  if (!epilogue.pool) return convolve(block, packed, in, mine, part_of(out, mine), -shape_.before, epilogue);
  // A few channels and two rows at a time: they are pooled while they are in the first level cache, and the whole is
  // never stored.
  const Planes rows = rows_->in(block.scratch);
  for (int c = mine.channels.first; c < mine.channels.end(); c += packed_channels)
    for (int y = mine.rows.first; y < mine.rows.end(); ++y) {
      const Slice channels{c, std::min(packed_channels, mine.channels.end() - c)};
      const Slice pooled{2 * y, std::min(2, shape_.out_height - 2 * y)};
      const Planes sums = part_of(rows, {{0, channels.count}, {0, pooled.count}});
      convolve(block, packed, in, {channels, pooled}, sums, -shape_.before, {.bias = epilogue.bias});
      PoolIndex index = channels_of(epilogue.index, channels);
      if (index.at != nullptr) index.at += std::ptrdiff_t{y} * out.width * block.kernels.lanes;
      block.kernels.pool_relu(sums, part_of(out, {channels, {y, 1}}), index);
    }
}

void DirectConvolution::filter_gradient(const Block& block, ConstPlanes in, ConstPlanes d_out, float* gradient) const {
  const Part mine = block.part(d_out.channels, packed_channels, in.channels);
  const int area = shape_.kernel * shape_.kernel;
  const std::ptrdiff_t channel_weights = std::ptrdiff_t{in.channels} * area;
  block.kernels.conv_filter({.in = channels_of(in, mine.rows),
                             .d_out = channels_of(d_out, mine.channels),
                             .gradient = gradient + mine.channels.first * channel_weights + mine.rows.first * area,
                             .out_stride = channel_weights,
                             .kernel_h = shape_.kernel,
                             .kernel_w = shape_.kernel,
                             .origin_y = -shape_.before,
                             .origin_x = -shape_.before});
}

void DirectConvolution::input_gradient(const Block& block, const float* packed, ConstPlanes d_out, Planes d_in,
                                       bool accumulate) const {
  const Part mine = block.part(d_in.channels, packed_channels, d_in.height);
  convolve(block, packed + shape_.weights(), d_out, mine, part_of(d_in, mine), shape_.before - (shape_.kernel - 1),
           {.accumulate = accumulate});
}

double DirectConvolution::multiply_adds() const {
  return static_cast<double>(shape_.weights()) * shape_.out_height * shape_.out_width;
}

}  // namespace dae::cpu
