#include "host/cpu/kernels/table.hpp"

#include "host/cpu/kernels/registers.hpp"
#include "host/cpu/kernels/split.hpp"
#include "host/cpu/kernels/vec.hpp"

// Direct convolution in register tiles.
namespace dae::cpu::DAE_ISA {
namespace {

/// Channels that weights are packed in groups of.
constexpr int group_of(int channels) { return channels < 4 ? channels : 4; }

/// Adds the product of OB weights and XB pixels. The shorter side is held in registers, the longer one passes by. OB is
/// one group of channels or several, each `next` floats behind the other.
template <int OB, int XB>
DAE_INLINE void multiply(Vec (&sum)[OB][XB], const float* weights, std::ptrdiff_t next, const float* pixels) {
  constexpr int group = group_of(OB);
  if constexpr (OB <= XB) {
    Vec weight[OB];
    DAE_UNROLL
    for (int o = 0; o < OB; ++o) weight[o] = splat(weights[o / group * next + o % group]);
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
      const Vec weight = splat(weights[o / group * next + o % group]);
      DAE_UNROLL
      for (int i = 0; i < XB; ++i) sum[o][i] += each[i] * weight;
    }
  }
}

/// Weights of an output channel.
DAE_INLINE std::ptrdiff_t weights_of(const ConvTask& task) {
  return std::ptrdiff_t{task.in.channels} * task.kernel_h * task.kernel_w;
}

/// Adds all taps' products. A kernel of 1x1 has a loop of its own: it is the matrix product that transformed
/// convolutions consist of.
template <bool OneTap, int OB, int XB>
DAE_INLINE void add_taps(const ConvTask& task, const float* weights, const float* corner, Vec (&sum)[OB][XB]) {
  const std::ptrdiff_t plane = task.in.plane;
  constexpr int group = group_of(OB);
  const std::ptrdiff_t next = weights_of(task) * group;
  if constexpr (OneTap) {
    for (int in = task.in.channels; in > 0; --in, corner += plane, weights += group)
      multiply(sum, weights, next, corner);
  } else {
    const int kernel_h = task.kernel_h, kernel_w = task.kernel_w;
    for (int in = task.in.channels; in > 0; --in, corner += plane) {
      const float* row = corner;
      for (int ky = kernel_h; ky > 0; --ky, row += task.in.row) {
        const float* pixels = row;
        for (int kx = kernel_w; kx > 0; --kx, pixels += lanes, weights += group) multiply(sum, weights, next, pixels);
      }
    }
  }
}

/// OB output channels times XB pixels.
template <int OB, int XB, bool OneTap>
void tile(const ConvTask& task, const float* weights, int channel, int y, int x) {
  Vec sum[OB][XB];
  DAE_UNROLL
  for (int o = 0; o < OB; ++o) {
    const Vec start = task.epilogue.bias != nullptr ? splat(task.epilogue.bias[channel + o]) : Vec{};
    DAE_UNROLL
    for (int i = 0; i < XB; ++i) sum[o][i] = start;
  }
  const float* corner = task.in.at + (y + task.origin_y) * task.in.row + (x + task.origin_x) * lanes;
  add_taps<OneTap>(task, weights, corner, sum);
  const std::ptrdiff_t step = std::ptrdiff_t{task.out_step} * lanes;
  DAE_UNROLL
  for (int o = 0; o < OB; ++o) {
    float* out = task.out.at + (channel + o) * task.out.plane + y * task.out.row + x * step;
    DAE_UNROLL
    for (int i = 0; i < XB; ++i) {
      Vec value = sum[o][i];
      if (task.epilogue.accumulate) value += load(out + i * step);
      store(out + i * step, task.epilogue.relu ? relu(value) : value);
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

/// to[4 * i + o] = from[o * stride + i].
void interleave(const float* from, std::ptrdiff_t stride, int count, float* to) {
  for (int i = 0; i < count; ++i) {
    to[4 * i] = from[i];
    to[4 * i + 1] = from[stride + i];
    to[4 * i + 2] = from[2 * stride + i];
    to[4 * i + 3] = from[3 * stride + i];
  }
}

}  // namespace

void pack_conv(const ConvWeights& from, float* packed) {
  const int taps = from.height * from.width;
  for_groups(from.out_channels, [&](int channel, int group) {
    // Most weights are those of a transformed convolution; with these strides their copy is made of whole registers.
    if (taps == 1 && group == 4 && (from.in_stride == 1 || from.out_stride == 1)) {
      const float* at = from.at + channel * from.out_stride;
      if (from.in_stride == 1)
        interleave(at, from.out_stride, from.in_channels, packed);
      else
        for (int in = 0; in < from.in_channels; ++in) __builtin_memcpy(packed + 4 * in, at + in * from.in_stride, 16);
      packed += 4 * from.in_channels;
      return;
    }
    for (int in = 0; in < from.in_channels; ++in)
      for (int tap = 0; tap < taps; ++tap)
        for (int o = 0; o < group; ++o)
          *packed++ =
              from.at[(channel + o) * from.out_stride + in * from.in_stride + (from.mirror ? taps - 1 - tap : tap)];
  });
}

void conv(const ConvTask& task) {
  const float* weights = task.weights;
  int done = 0;
  // Four sums, each waiting for its last addition, would leave half of the multipliers idle.
  if (task.out.width == 1) {
    const Tile high = task.kernel_h * task.kernel_w == 1 ? tile<highest, 1, true> : tile<highest, 1, false>;
    for (; done + highest <= task.out.channels; done += highest, weights += highest * weights_of(task))
      for (int y = 0; y < task.out.height; ++y) high(task, weights, done, y, 0);
  }
  for_groups(task.out.channels - done, [&](int channel, int group) {
    if (group == 4) channels<4>(task, weights, done + channel);
    if (group == 2) channels<2>(task, weights, done + channel);
    if (group == 1) channels<1>(task, weights, done + channel);
    weights += group * weights_of(task);
  });
}

}  // namespace dae::cpu::DAE_ISA
