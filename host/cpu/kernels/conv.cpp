#include "host/cpu/kernels/conv.hpp"

#include "host/cpu/kernels/registers.hpp"
#include "host/cpu/kernels/split.hpp"
#include "host/cpu/kernels/vec.hpp"

namespace dae::cpu::DAE_ISA {
namespace {

/// Adds the product of OB weights and XB pixels. The shorter side is held in registers, the longer one passes by.
template <int OB, int XB>
DAE_INLINE void multiply(Vec (&sum)[OB][XB], const float* weights, const float* pixels) {
  if constexpr (OB <= XB) {
    Vec weight[OB];
    DAE_UNROLL
    for (int o = 0; o < OB; ++o) weight[o] = splat(weights[o]);
    DAE_UNROLL
    for (int i = 0; i < XB; ++i) {
      const Vec each = load(pixels + i * lanes);
      DAE_UNROLL
      for (int o = 0; o < OB; ++o) sum[o][i] += each * weight[o];
    }
  } else {
    Vec each[XB];
    DAE_UNROLL
    for (int i = 0; i < XB; ++i) each[i] = load(pixels + i * lanes);
    DAE_UNROLL
    for (int o = 0; o < OB; ++o) {
      const Vec weight = splat(weights[o]);
      DAE_UNROLL
      for (int i = 0; i < XB; ++i) sum[o][i] += each[i] * weight;
    }
  }
}

/// OB output channels times XB pixels, all taps. A kernel of 1x1 has a loop of its own: it is the matrix product that
/// transformed convolutions consist of.
template <int OB, int XB, bool OneTap>
void tile(const ConvTask& task, const float* weights, int channel, int y, int x) {
  Vec sum[OB][XB];
  DAE_UNROLL
  for (int o = 0; o < OB; ++o) {
    const Vec start = task.finish.bias != nullptr ? splat(task.finish.bias[channel + o]) : Vec{};
    DAE_UNROLL
    for (int i = 0; i < XB; ++i) sum[o][i] = start;
  }
  const float* corner = task.in.at + (y + task.origin_y) * task.in.row + (x + task.origin_x) * lanes;
  const std::ptrdiff_t plane = task.in.plane;
  if constexpr (OneTap) {
    for (int in = task.in.channels; in > 0; --in, corner += plane, weights += OB) multiply(sum, weights, corner);
  } else {
    const int kernel_h = task.kernel_h, kernel_w = task.kernel_w;
    for (int in = task.in.channels; in > 0; --in, corner += plane) {
      const float* row = corner;
      for (int ky = kernel_h; ky > 0; --ky, row += task.in.row) {
        const float* pixels = row;
        for (int kx = kernel_w; kx > 0; --kx, pixels += lanes, weights += OB) multiply(sum, weights, pixels);
      }
    }
  }
  const std::ptrdiff_t step = std::ptrdiff_t{task.out_step} * lanes;
  DAE_UNROLL
  for (int o = 0; o < OB; ++o) {
    float* out = task.out.at + (channel + o) * task.out.plane + y * task.out.row + x * step;
    DAE_UNROLL
    for (int i = 0; i < XB; ++i) {
      Vec value = sum[o][i];
      if (task.finish.accumulate) value += load(out + i * step);
      store(out + i * step, task.finish.relu ? relu(value) : value);
    }
  }
}

using Tile = void (*)(const ConvTask&, const float*, int, int, int);

/// The tile of OB channels and `width` pixels, 1 to XB.
template <int OB, int XB = widest(OB)>
Tile tile_of(int width, bool one_tap) {
  if constexpr (XB > 1) {
    if (width < XB) return tile_of<OB, XB - 1>(width, one_tap);
  }
  return one_tap ? tile<OB, XB, true> : tile<OB, XB, false>;
}

/// All rows and columns of OB channels.
template <int OB>
void channels(const ConvTask& task, const float* weights, int channel) {
  const Split split(task.out.width, widest(OB));
  const bool one_tap = task.kernel_h * task.kernel_w == 1;
  const int shorter = task.out.width / split.pieces;
  const Tile narrow = tile_of<OB>(shorter, one_tap);
  const Tile wide = split.pieces * shorter < task.out.width ? tile_of<OB>(shorter + 1, one_tap) : narrow;
  for (int y = 0; y < task.out.height; ++y)
    for (int piece = 0; piece < split.pieces; ++piece)
      (split.size(piece) > shorter ? wide : narrow)(task, weights, channel, y, split.begin(piece));
}

}  // namespace

void pack_conv(const ConvWeights& from, float* packed) {
  const int taps = from.height * from.width;
  for_groups(from.out_channels, [&](int channel, int group) {
    for (int in = 0; in < from.in_channels; ++in)
      for (int tap = 0; tap < taps; ++tap)
        for (int o = 0; o < group; ++o)
          *packed++ =
              from.at[(channel + o) * from.out_stride + in * from.in_stride + (from.mirror ? taps - 1 - tap : tap)];
  });
}

void conv(const ConvTask& task) {
  const float* weights = task.weights;
  for_groups(task.out.channels, [&](int channel, int group) {
    if (group == 4) channels<4>(task, weights, channel);
    if (group == 2) channels<2>(task, weights, channel);
    if (group == 1) channels<1>(task, weights, channel);
    weights += static_cast<std::ptrdiff_t>(group) * task.in.channels * task.kernel_h * task.kernel_w;
  });
}

}  // namespace dae::cpu::DAE_ISA
