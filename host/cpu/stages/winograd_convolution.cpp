#include "host/cpu/stages/convolutions.hpp"

#include <algorithm>

namespace dae::cpu {
namespace {

/// Tiles of a plane.
struct Tiling {
  int columns, count;

  Tiling(int height, int width, int outputs)
      : columns((width + outputs - 1) / outputs), count((height + outputs - 1) / outputs * columns) {}
};

// Products of that many outputs: of F(2x2, 3x3) two or three register tiles wide, of F(4x4, 3x3) one or two, while the
// tiles of 32 channels stay in the second level cache.
constexpr int tiles_at_once(int outputs) { return outputs == 4 ? 6 : 12; }
// The weights' gradient sums over lanes at the end of every run of tiles, so runs are long; 64 tiles of four
// frequencies of 32 channels, in and out, take 1 MB.
constexpr int filter_tiles_at_once(int outputs) { return outputs == 4 ? 32 : 64; }
// Shorter runs of F(4x4, 3x3) spend too much on those sums.
constexpr int shortest_filter_run = 24;
// From so many rows and columns on tiles of 4x4 do better than 2x2 however far they stick out. Windows of a large image
// see more at every scale, so that they are computed as the whole is.
constexpr int smallest_for_4 = 9;
// With fewer pairs of channels the transforms of F(2x2, 3x3) outweigh what it saves.
constexpr std::size_t fewest_pairs_for_2 = 256;

constexpr int in_pieces(int count, int most) { return (count + most - 1) / most; }

std::size_t floats(int frequencies, int channels, int tiles, int lanes) {
  return static_cast<std::size_t>(frequencies) * static_cast<std::size_t>(channels) * static_cast<std::size_t>(tiles) *
         static_cast<std::size_t>(lanes);
}

int rounded_up(int size, int unit) { return (size + unit - 1) / unit * unit; }

/// The border below that covers tiles which stick out.
int below(int tiled, int outputs, int before, int size) {
  return std::max(0, rounded_up(tiled, outputs) + 2 - before - size);
}

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
  return shape.kernel == 3 && shape.in_channels >= 8 && shape.out_channels >= 8 && shape.whole_height > 1 &&
         shape.whole_width > 1 && (outputs(shape) == 4 || shape.pairs() >= fewest_pairs_for_2);
}

int WinogradConvolution::outputs(const ConvShape& shape) {
  return std::min(shape.whole_height, shape.whole_width) >= smallest_for_4 ? 4 : 2;
}

namespace {

int filter_outputs(const ConvShape& shape) {
  return WinogradConvolution::outputs(shape) == 4 &&
                 Tiling(shape.out_height, shape.out_width, 4).count >= shortest_filter_run
             ? 4
             : 2;
}

}  // namespace

WinogradConvolution::WinogradConvolution(const ConvShape& shape, const ConvTensors& tensors)
    : shape_(shape),
      training_(tensors.d_out != nullptr),
      way_(outputs(shape)),
      filter_way_(filter_outputs(shape)),
      coarse_(tensors.coarse) {
  const int lanes = tensors.layout.lanes(), m = way_.outputs, most = tiles_at_once(m);
  const Tiling out(shape.out_height, shape.out_width, m), in(shape.in_height, shape.in_width, m);
  // Only a group of the frequencies of the tiles that are read is there at a time.
  const auto scratch = [&](int inputs, int outputs, int count) {
    return floats(way_.group, inputs, std::min(count, most), lanes) +
           floats(way_.frequencies, outputs, std::min(count, most), lanes);
  };
  const int after = std::max(below(shape.out_height, m, shape.before, shape.in_height),
                             below(shape.out_width, m, shape.before, shape.in_width));
  tensors.in->need_border(shape.before, after);
  if (coarse_ != nullptr) coarse_->need_border(shape.before, (after + 1) / 2);
  scratch_ = tensors.layout.add_scratch(scratch(shape.in_channels, shape.out_channels, out.count));
  scratch_->live(tensors.forward_time);
  if (!training_) return;
  const int before = 2 - shape.before, unit = filter_way_.outputs;
  tensors.d_out->need_border(before, std::max({below(shape.in_height, m, before, shape.out_height),
                                               below(shape.in_width, m, before, shape.out_width),
                                               rounded_up(shape.out_height, unit) - shape.out_height,
                                               rounded_up(shape.out_width, unit) - shape.out_width}));
  weight_scratch_ = tensors.layout.add_scratch(static_cast<std::size_t>(filter_way_.frequencies) * shape.pairs());
  // Not the same tensor for both passes: it would block its memory all the time between them.
  backward_scratch_ = tensors.layout.add_scratch(std::max(
      scratch(shape.out_channels, shape.in_channels, in.count),
      floats(filter_way_.group, shape.in_channels + shape.out_channels,
             std::min(Tiling(shape.out_height, shape.out_width, unit).count, filter_tiles_at_once(unit)), lanes)));
  for (Tensor* tensor : {weight_scratch_, backward_scratch_}) tensor->live(tensors.backward_time);
}

std::size_t WinogradConvolution::packed_size() const {
  return static_cast<std::size_t>(way_.frequencies) * shape_.pairs() * (training_ ? 3 : 2);
}

void WinogradConvolution::pack(const Kernels& kernels, const float* weights, float* packed) const {
  const auto pairs = static_cast<std::ptrdiff_t>(shape_.pairs());
  const int frequencies = way_.frequencies;
  float* plain = packed + (training_ ? 2 : 1) * frequencies * pairs;
  ConvWeights from = ConvWeights::product(plain, shape_.out_channels, shape_.in_channels);
  const auto pack_all = [&](bool mirror, float* to) {
    way_.in(kernels).weights(weights, pairs, mirror, plain);
    from.at = plain;
    for (int f = 0; f < frequencies; ++f, from.at += pairs, to += pairs) kernels.pack_conv(from, to);
  };
  pack_all(false, packed);
  if (!training_) return;
  std::swap(from.out_stride, from.in_stride);
  std::swap(from.out_channels, from.in_channels);
  pack_all(true, packed + frequencies * pairs);
}

void WinogradConvolution::run(const Block& block, const float* packed, float* scratch, ConstPlanes in,
                              ConstPlanes coarse, int origin, Planes out, const Epilogue& epilogue) const {
  const Kernels& kernels = block.kernels;
  const Winograd& winograd = way_.in(kernels);
  const int m = way_.outputs;
  const Tiling tiling = epilogue.pool ? Tiling(epilogue.height, epilogue.width, m) : Tiling(out.height, out.width, m);
  const int inputs = in.channels + coarse.channels;
  const std::ptrdiff_t pairs = std::ptrdiff_t{inputs} * out.channels;
  // A thread that shares a tile with others must transform its inputs too.
  const Part mine =
      block.part(out.channels, tiling.count < block.members ? packed_channels : out.channels, tiling.count);
  const int pieces = in_pieces(mine.rows.count, tiles_at_once(m));
  for (int piece = 0; piece < pieces; ++piece) {
    const Slice tiles = cpu::share(mine.rows.count, 1, piece, pieces);
    const int first = mine.rows.first + tiles.first;
    const Tiles from = tiles_in(scratch, inputs, first, tiles.count, tiling.columns, kernels.lanes);
    Tiles upsampled = from;
    upsampled.at += in.channels * from.channel;
    const Tiles to = tiles_in(from.at + way_.group * from.frequency, mine.channels.count, first, tiles.count,
                              tiling.columns, kernels.lanes);
    for (int f = 0; f < way_.frequencies; ++f) {
      if (f % way_.group == 0) winograd.input(in, origin, f / way_.group, from);
      if (f % way_.group == 0 && coarse.channels > 0) winograd.upsampled_input(coarse, f / way_.group, upsampled);
      kernels.conv({.in = as_planes(ConstTiles(from), inputs, f % way_.group),
                    .out = as_planes(to, mine.channels.count, f),
                    .weights = packed + f * pairs + std::ptrdiff_t{mine.channels.first} * inputs,
                    .epilogue = {},
                    .kernel_h = 1,
                    .kernel_w = 1});
    }
    winograd.output(to, channels_of(out, mine.channels), channels_of(epilogue, mine.channels));
  }
}

void WinogradConvolution::forward(const Block& block, const float* packed, ConstPlanes in, Planes out,
                                  const Epilogue& epilogue) const {
  const ConstPlanes coarse = coarse_ != nullptr ? coarse_->in(block.arena) : ConstPlanes{};
  run(block, packed, scratch_->in(block.scratch).at, in, coarse, -shape_.before, out, epilogue);
}

void WinogradConvolution::input_gradient(const Block& block, const float* packed, ConstPlanes d_out, Planes d_in,
                                         bool accumulate) const {
  run(block, packed + static_cast<std::size_t>(way_.frequencies) * shape_.pairs(),
      backward_scratch_->in(block.scratch).at, d_out, {}, shape_.before - 2, d_in, {.accumulate = accumulate});
}

void WinogradConvolution::filter_gradient(const Block& block, ConstPlanes in, ConstPlanes d_out,
                                          float* gradient) const {
  const Kernels& kernels = block.kernels;
  const Winograd& winograd = filter_way_.in(kernels);
  const int m = filter_way_.outputs, group = filter_way_.group;
  const Tiling tiling(d_out.height, d_out.width, m);
  const int pieces = in_pieces(tiling.count, filter_tiles_at_once(m));
  const auto pairs = static_cast<std::ptrdiff_t>(shape_.pairs());
  float* sums = weight_scratch_->in(block.arena).at;
  // Divided by groups of frequencies first: whoever shares one with others must transform the inputs for it too.
  const int chunks = in_pieces(d_out.channels, packed_channels);
  const Slice mine = block.share(chunks * filter_way_.frequencies / group);
  for (int piece = 0; piece < pieces; ++piece) {
    const Slice tiles = cpu::share(tiling.count, 1, piece, pieces);
    for (int g = mine.first / chunks; g * chunks < mine.end(); ++g) {
      const int begin = std::max(mine.first - g * chunks, 0) * packed_channels;
      const Slice channels{begin, std::min((mine.end() - g * chunks) * packed_channels, d_out.channels) - begin};
      const Tiles inputs = tiles_in(backward_scratch_->in(block.scratch).at, in.channels, tiles.first, tiles.count,
                                    tiling.columns, kernels.lanes);
      const Tiles grads = tiles_in(inputs.at + group * inputs.frequency, channels.count, tiles.first, tiles.count,
                                   tiling.columns, kernels.lanes);
      winograd.input(in, -shape_.before, g, inputs);
      winograd.grad(channels_of(d_out, channels), g, grads);
      for (int f = 0; f < group; ++f) {
        float* sum = sums + (g * group + f) * pairs + std::ptrdiff_t{channels.first} * in.channels;
        if (piece == 0) std::fill_n(sum, std::ptrdiff_t{channels.count} * in.channels, 0.0f);
        kernels.conv_filter({.in = as_planes(ConstTiles(inputs), in.channels, f),
                             .d_out = as_planes(ConstTiles(grads), channels.count, f),
                             .gradient = sum,
                             .out_stride = in.channels,
                             .kernel_h = 1,
                             .kernel_w = 1});
      }
    }
  }
  block.meet();
  const Slice kernels_here = block.share(static_cast<int>(pairs), kernels.lanes);
  winograd.weight_gradient(sums + kernels_here.first, pairs, kernels_here.count, gradient + 9 * kernels_here.first);
}

double WinogradConvolution::multiply_adds() const {
  return static_cast<double>(way_.frequencies) * static_cast<double>(shape_.pairs()) *
         Tiling(shape_.out_height, shape_.out_width, way_.outputs).count;
}

double WinogradConvolution::filter_multiply_adds() const {
  return static_cast<double>(filter_way_.frequencies) * static_cast<double>(shape_.pairs()) *
         Tiling(shape_.out_height, shape_.out_width, filter_way_.outputs).count;
}

}  // namespace dae::cpu
