#include "host/cpu/winograd_convolution.hpp"

#include <algorithm>

namespace dae::cpu {
namespace {

/// Tiles of a plane, and how many are worked on at a time.
struct Tiling {
  int columns, count;

  Tiling(int height, int width) : columns((width + 1) / 2), count((height + 1) / 2 * columns) {}
};

// Products of that many tiles: two or three register tiles wide, while the tiles of 32 channels stay in the second
// level cache.
constexpr int tiles_at_once = 12;
// The weights' gradient sums over lanes at the end of every run of tiles, so runs are long; 64 tiles of four
// frequencies of 32 channels, in and out, take 1 MB.
constexpr int filter_tiles_at_once = 64;

constexpr int in_pieces(int count, int most) { return (count + most - 1) / most; }

std::size_t floats(int frequencies, int channels, int tiles, int lanes) {
  return static_cast<std::size_t>(frequencies) * static_cast<std::size_t>(channels) * static_cast<std::size_t>(tiles) *
         static_cast<std::size_t>(lanes);
}

/// The border below that covers tiles which stick out: tile rows reach 2 * tiles + 2 - before pixels down.
int below(int tiled, int before, int size) { return std::max(0, (tiled + 1) / 2 * 2 + 2 - before - size); }

Tiles tiles_in(float* at, int channels, int first, int count, int columns, int lanes) {
  const std::ptrdiff_t channel = std::ptrdiff_t{count} * lanes;
  return {at, channel * channels, channel, columns, first, count};
}

/// The tiles of one frequency as planes of one row.
ConstPlanes as_planes(const ConstTiles& tiles, int channels, int frequency) {
  return {tiles.at + frequency * tiles.frequency, tiles.channel, tiles.channel, channels, 1, tiles.count};
}

Planes as_planes(const Tiles& tiles, int channels, int frequency) {
  return {tiles.at + frequency * tiles.frequency, tiles.channel, tiles.channel, channels, 1, tiles.count};
}

}  // namespace

bool WinogradConvolution::suits(const ConvShape& shape) {
  return shape.kernel == 3 && shape.in_channels >= 8 && shape.out_channels >= 8 && shape.out_height > 1 &&
         shape.out_width > 1;
}

WinogradConvolution::WinogradConvolution(const ConvShape& shape, const ConvWiring& wiring)
    : shape_(shape), training_(wiring.d_out != nullptr) {
  const int lanes = wiring.layout.lanes(), channels = shape.in_channels + shape.out_channels;
  const Tiling out(shape.out_height, shape.out_width), in(shape.in_height, shape.in_width);
  wiring.in->need_border(shape.before, std::max(below(shape.out_height, shape.before, shape.in_height),
                                                below(shape.out_width, shape.before, shape.in_width)));
  std::size_t size = floats(frequencies, channels, std::min(out.count, tiles_at_once), lanes);
  if (training_) {
    const int before = 2 - shape.before;
    wiring.d_out->need_border(
        before, std::max({below(shape.in_height, before, shape.out_height),
                          below(shape.in_width, before, shape.out_width), shape.out_height % 2, shape.out_width % 2}));
    size = std::max({size, floats(frequencies, channels, std::min(in.count, tiles_at_once), lanes),
                     floats(row, channels, std::min(out.count, filter_tiles_at_once), lanes)});
    weight_scratch_ = wiring.layout.add_scratch(frequencies * shape.pairs());
    weight_scratch_->live(wiring.backward_time);
  }
  scratch_ = wiring.layout.add_scratch(size);
  scratch_->live(wiring.forward_time);
  // Not the same tensor for both passes: it would block its memory all the time between them.
  if (training_) {
    backward_scratch_ = wiring.layout.add_scratch(size);
    backward_scratch_->live(wiring.backward_time);
  }
}

std::size_t WinogradConvolution::packed_size() const { return frequencies * shape_.pairs() * (training_ ? 3 : 2); }

void WinogradConvolution::pack(const Kernels& kernels, const float* weights, float* packed) const {
  const auto pairs = static_cast<std::ptrdiff_t>(shape_.pairs());
  float* plain = packed + (training_ ? 2 : 1) * frequencies * pairs;
  kernels.winograd_weights(weights, pairs, plain);
  for (int f = 0; f < frequencies; ++f) {
    ConvWeights from{.at = plain + f * pairs,
                     .out_stride = shape_.in_channels,
                     .in_stride = 1,
                     .out_channels = shape_.out_channels,
                     .in_channels = shape_.in_channels,
                     .height = 1,
                     .width = 1};
    kernels.pack_conv(from, packed + f * pairs);
    if (!training_) continue;
    // Mirroring a kernel swaps its outer frequencies and leaves the inner ones as they are.
    constexpr int mirrored[] = {3, 1, 2, 0};
    from.at = plain + (mirrored[f / row] * row + mirrored[f % row]) * pairs;
    std::swap(from.out_stride, from.in_stride);
    std::swap(from.out_channels, from.in_channels);
    kernels.pack_conv(from, packed + (frequencies + f) * pairs);
  }
}

void WinogradConvolution::run(const Block& block, const float* packed, float* scratch, ConstPlanes in, int origin,
                              Planes out, const Finish& finish) const {
  const Kernels& kernels = block.kernels;
  const Tiling tiling = finish.pool ? Tiling(finish.height, finish.width) : Tiling(out.height, out.width);
  const int pieces = in_pieces(tiling.count, tiles_at_once);
  const std::ptrdiff_t pairs = std::ptrdiff_t{in.channels} * out.channels;
  for (int piece = 0; piece < pieces; ++piece) {
    const int first = tiling.count * piece / pieces, count = tiling.count * (piece + 1) / pieces - first;
    const Tiles from = tiles_in(scratch, in.channels, first, count, tiling.columns, kernels.lanes);
    const Tiles to =
        tiles_in(from.at + frequencies * from.frequency, out.channels, first, count, tiling.columns, kernels.lanes);
    for (int r = 0; r < row; ++r) {
      Tiles part = from;
      part.at += r * row * from.frequency;
      kernels.winograd_input(in, origin, r, part);
    }
    for (int f = 0; f < frequencies; ++f)
      kernels.conv({.in = as_planes(ConstTiles(from), in.channels, f),
                    .out = as_planes(to, out.channels, f),
                    .weights = packed + f * pairs,
                    .finish = {},
                    .kernel_h = 1,
                    .kernel_w = 1});
    kernels.winograd_output(to, out, finish);
  }
}

void WinogradConvolution::forward(const Block& block, const float* packed, ConstPlanes in, Planes out,
                                  const Finish& finish) const {
  run(block, packed, scratch_->in(block.arena).at, in, -shape_.before, out, finish);
}

void WinogradConvolution::input_gradient(const Block& block, const float* packed, ConstPlanes d_out, Planes d_in,
                                         bool accumulate) const {
  run(block, packed + frequencies * shape_.pairs(), backward_scratch_->in(block.arena).at, d_out, shape_.before - 2,
      d_in, {.accumulate = accumulate});
}

void WinogradConvolution::filter_gradient(const Block& block, ConstPlanes in, ConstPlanes d_out,
                                          float* gradient) const {
  const Kernels& kernels = block.kernels;
  const Tiling tiling(d_out.height, d_out.width);
  const int pieces = in_pieces(tiling.count, filter_tiles_at_once);
  const auto pairs = static_cast<std::ptrdiff_t>(shape_.pairs());
  float* sums = weight_scratch_->in(block.arena).at;
  std::fill_n(sums, frequencies * pairs, 0.0f);
  for (int piece = 0; piece < pieces; ++piece) {
    const int first = tiling.count * piece / pieces, count = tiling.count * (piece + 1) / pieces - first;
    const Tiles inputs =
        tiles_in(backward_scratch_->in(block.arena).at, in.channels, first, count, tiling.columns, kernels.lanes);
    const Tiles slopes =
        tiles_in(inputs.at + row * inputs.frequency, d_out.channels, first, count, tiling.columns, kernels.lanes);
    for (int r = 0; r < row; ++r) {
      kernels.winograd_input(in, -shape_.before, r, inputs);
      kernels.winograd_slope(d_out, r, slopes);
      for (int f = 0; f < row; ++f)
        kernels.conv_filter({.in = as_planes(ConstTiles(inputs), in.channels, f),
                             .d_out = as_planes(ConstTiles(slopes), d_out.channels, f),
                             .gradient = sums + (r * row + f) * pairs,
                             .kernel_h = 1,
                             .kernel_w = 1});
    }
  }
  kernels.winograd_weight_gradient(sums, pairs, gradient);
}

double WinogradConvolution::multiply_adds() const {
  return static_cast<double>(frequencies) * static_cast<double>(shape_.pairs()) *
         Tiling(shape_.out_height, shape_.out_width).count;
}

}  // namespace dae::cpu
