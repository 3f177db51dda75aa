#include "host/cpu/stages/convolutions.hpp"

#include <algorithm>

namespace dae::cpu {

namespace {

// Nine products instead of sixteen pay for their transforms from so many output channels on (measured at 32 inputs).
constexpr int fewest_channels = 12;

/// The 2x2 kernel that makes output row 2 y + phase / 2 and column 2 x + phase % 2: phase 0 adds the second and third
/// row of weights, which see the same input row, phase 1 the first and second; likewise the columns.
void phase_weights(const float* w, int phase, float* out) {
  constexpr int place[2][3] = {{0, 1, 1}, {0, 0, 1}};
  std::fill_n(out, 4, 0.0f);
  for (int ky = 0; ky < 3; ++ky)
    for (int kx = 0; kx < 3; ++kx) out[2 * place[phase / 2][ky] + place[phase % 2][kx]] += w[3 * ky + kx];
}

}  // namespace

bool UpsampledConvolution::suits(const ConvShape& shape) {
  return shape.upsampling == 2 && shape.kernel == 3 && shape.before == 1 && shape.after == 1;
}

UpsampledConvolution::UpsampledConvolution(const ConvShape& shape, const ConvTensors& tensors)
    : shape_(shape), training_(tensors.d_out != nullptr) {
  const int c = shape.in_channels, h = shape.in_height, w = shape.in_width;
  tensors.in->need_border(1, 1);
  if (shape.out_channels >= fewest_channels) {
    across_ = tensors.layout.add(c, h, w + 1);
    down_ = tensors.layout.add(c, h + 1, w);
    both_ = tensors.layout.add(c, h + 1, w + 1);
    products_ = tensors.layout.add(frequencies * shape.out_channels, rows_at_once(), w);
    for (Tensor* tensor : {across_, down_, both_, products_}) tensor->live(tensors.forward_time);
  }
  if (!training_) return;
  tensors.d_out->need_border(1, 1);
  grads_ = tensors.layout.add(frequencies * shape.out_channels, h, w);
  weight_scratch_ = tensors.layout.add_scratch(frequencies * shape.pairs());
  for (Tensor* tensor : {grads_, weight_scratch_}) tensor->live(tensors.backward_time);
}

int UpsampledConvolution::rows_at_once() const {
  // About a register tile's worth of pixels, so that the nine products of a row stay in the cache until they are added.
  return std::clamp(8 / shape_.in_width, 1, shape_.in_height);
}

// Forward weights, 9 or 16 a pair; the backward pass's, 9; the frequencies, 9.
std::size_t UpsampledConvolution::packed_size() const { return (by_phases() ? 34 : 27) * shape_.pairs(); }

void UpsampledConvolution::pack(const Kernels& kernels, const float* weights, float* packed) const {
  const auto pairs = static_cast<std::ptrdiff_t>(shape_.pairs());
  float* backward = packed + (by_phases() ? 16 : 9) * pairs;
  float* plain = backward + 9 * pairs;
  ConvWeights from = ConvWeights::product(plain, shape_.out_channels, shape_.in_channels);
  if (by_phases()) {
    from.out_stride *= 4;
    from.in_stride = 4;
    from.height = from.width = 2;
    for (int phase = 0; phase < 4; ++phase) {
      for (std::ptrdiff_t pair = 0; pair < pairs; ++pair) phase_weights(weights + 9 * pair, phase, plain + 4 * pair);
      kernels.pack_conv(from, packed + 4 * phase * pairs);
    }
  } else {
    kernels.upsampled_weights(weights, pairs, plain);
    for (int f = 0; f < frequencies; ++f, from.at += pairs) kernels.pack_conv(from, packed + f * pairs);
  }
  if (!training_) return;
  kernels.upsampled_weights(weights, pairs, plain);
  // The gradient of the input adds up all nine frequencies of all output channels.
  kernels.pack_conv({.at = plain,
                     .out_stride = 1,
                     .in_stride = shape_.in_channels,
                     .out_channels = shape_.in_channels,
                     .in_channels = frequencies * shape_.out_channels,
                     .height = 1,
                     .width = 1},
                    backward);
}

void UpsampledConvolution::forward(const Block& block, const float* packed, ConstPlanes in, Planes out,
                                   const Epilogue& epilogue) const {
  if (by_phases()) return forward_by_phases(block, packed, in, out, epilogue);
  const Kernels& kernels = block.kernels;
  const Planes across = across_->in(block.arena), down = down_->in(block.arena), both = both_->in(block.arena);
  const Slice differences = block.share(in.channels);
  kernels.upsampled_input(channels_of(in, differences), channels_of(across, differences),
                          channels_of(down, differences), channels_of(both, differences));
  block.meet();
  const auto pairs = static_cast<std::ptrdiff_t>(shape_.pairs());
  const Part mine = block.part(shape_.out_channels, packed_channels, shape_.in_height);
  for (int y = mine.rows.first; y < mine.rows.end(); y += rows_at_once()) {
    Planes products = products_->in(block.scratch);
    products.channels = mine.channels.count;
    products.height = std::min(rows_at_once(), mine.rows.end() - y);
    const std::ptrdiff_t frequency = products.plane * shape_.out_channels;
    for (int f = 0; f < frequencies; ++f) {
      const int i = f / 3, j = f % 3;
      Planes product = products;
      product.at += f * frequency;
      // The third frequency takes the difference to the next pixel, which is the next one's to its previous.
      kernels.conv({.in = i == 0 ? (j == 0 ? in : across) : (j == 0 ? down : both),
                    .out = product,
                    .weights = packed + f * pairs + std::ptrdiff_t{mine.channels.first} * shape_.in_channels,
                    .epilogue = {},
                    .kernel_h = 1,
                    .kernel_w = 1,
                    .origin_y = y + (i == 2 ? 1 : 0),
                    .origin_x = j == 2 ? 1 : 0});
    }
    Planes rows = channels_of(out, mine.channels);
    rows.at += 2 * y * out.row;
    kernels.upsampled_output(products, frequency, rows, channels_of(epilogue, mine.channels));
  }
}

void UpsampledConvolution::forward_by_phases(const Block& block, const float* packed, ConstPlanes in, Planes out,
                                             const Epilogue& epilogue) const {
  const auto pairs = static_cast<std::ptrdiff_t>(shape_.pairs());
  const Slice mine = block.share(shape_.in_height);
  Planes rows = rows_times(out, 2, mine);
  float* first = rows.at;
  rows.row *= 2;
  rows.height = mine.count;
  rows.width = shape_.in_width;
  for (int phase = 0; phase < 4; ++phase) {
    const int a = phase / 2, b = phase % 2;
    rows.at = first + a * out.row + std::ptrdiff_t{b} * block.kernels.lanes;
    block.kernels.conv({.in = rows_of(in, mine),
                        .out = rows,
                        .weights = packed + 4 * phase * pairs,
                        .epilogue = epilogue,
                        .kernel_h = 2,
                        .kernel_w = 2,
                        .origin_y = a - 1,
                        .origin_x = b - 1,
                        .out_step = 2});
  }
}

void UpsampledConvolution::filter_gradient(const Block& block, ConstPlanes in, ConstPlanes d_out,
                                           float* gradient) const {
  const Kernels& kernels = block.kernels;
  const auto pairs = static_cast<std::ptrdiff_t>(shape_.pairs());
  const Planes grads = grads_->in(block.arena);
  const Part transformed = block.part(shape_.out_channels, 1, shape_.in_height);
  kernels.upsampled_grad(rows_times(channels_of(d_out, transformed.channels), 2, transformed.rows),
                         part_of(grads, transformed), grads.plane * shape_.out_channels);
  float* sums = weight_scratch_->in(block.arena).at;
  const Slice cleared = block.share(static_cast<int>(frequencies * pairs));
  std::fill_n(sums + cleared.first, cleared.count, 0.0f);
  block.meet();
  const Part mine = block.part(grads.channels, packed_channels, in.channels);
  kernels.conv_filter({.in = channels_of(in, mine.rows),
                       .d_out = channels_of(grads, mine.channels),
                       .gradient = sums + std::ptrdiff_t{mine.channels.first} * in.channels + mine.rows.first,
                       .out_stride = in.channels,
                       .kernel_h = 1,
                       .kernel_w = 1});
  block.meet();
  const Slice kernels_here = block.share(static_cast<int>(pairs), kernels.lanes);
  kernels.upsampled_weight_gradient(sums + kernels_here.first, pairs, kernels_here.count,
                                    gradient + 9 * kernels_here.first);
}

void UpsampledConvolution::input_gradient(const Block& block, const float* packed, ConstPlanes, Planes d_in,
                                          bool accumulate) const {
  // filter_gradient has left the transformed grads.
  const Planes grads = grads_->in(block.arena);
  const Part mine = block.part(d_in.channels, packed_channels, d_in.height);
  block.kernels.conv({.in = rows_of(grads, mine.rows),
                      .out = part_of(d_in, mine),
                      .weights = packed + (by_phases() ? 16 : 9) * shape_.pairs() +
                                 std::ptrdiff_t{mine.channels.first} * grads.channels,
                      .epilogue = {.accumulate = accumulate},
                      .kernel_h = 1,
                      .kernel_w = 1});
}

double UpsampledConvolution::multiply_adds() const {
  return static_cast<double>(frequencies) * static_cast<double>(shape_.pairs()) * shape_.in_height * shape_.in_width;
}

}  // namespace dae::cpu
