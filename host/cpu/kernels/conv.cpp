#include "host/cpu/kernels/conv.hpp"

#include "host/cpu/kernels/registers.hpp"
#include "host/cpu/kernels/split.hpp"
#include "host/cpu/kernels/vec.hpp"

namespace dae::cpu::DAE_ISA {
namespace {

/// OB output channels times XB pixels, all taps.
template <int OB, int XB>
void tile(const ConvTask& task, const float* weights, int channel, int y, int x) {
  Vec sum[OB][XB];
  DAE_UNROLL
  for (int o = 0; o < OB; ++o) {
    const Vec start = splat(task.finish.bias != nullptr ? task.finish.bias[channel + o] : 0.0f);
    DAE_UNROLL
    for (int i = 0; i < XB; ++i) sum[o][i] = start;
  }
  const float* corner = task.in.at + (y + task.origin_y) * task.in.row + (x + task.origin_x) * lanes;
  for (int in = 0; in < task.in.channels; ++in, corner += task.in.plane) {
    const float* row = corner;
    for (int ky = 0; ky < task.kernel_h; ++ky, row += task.in.row) {
      const float* pixels = row;
      for (int kx = 0; kx < task.kernel_w; ++kx, pixels += lanes, weights += OB) {
        // The shorter side of the tile is held in registers, the longer one passes by.
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
    }
  }
  DAE_UNROLL
  for (int o = 0; o < OB; ++o) {
    float* out = task.out.at + (channel + o) * task.out.plane + y * task.out.row + x * lanes;
    DAE_UNROLL
    for (int i = 0; i < XB; ++i) {
      Vec value = sum[o][i];
      if (task.finish.accumulate) value += load(out + i * lanes);
      store(out + i * lanes, task.finish.relu ? relu(value) : value);
    }
  }
}

using Tile = void (*)(const ConvTask&, const float*, int, int, int);

/// The tile of OB channels and `width` pixels, 1 to XB.
template <int OB, int XB>
Tile tile_of(int width) {
  if constexpr (XB > 1) {
    if (width < XB) return tile_of<OB, XB - 1>(width);
  }
  return tile<OB, XB>;
}

/// All rows and columns of OB channels.
template <int OB>
void channels(const ConvTask& task, const float* weights, int channel) {
  const Split split(task.out.width, widest(OB));
  for (int y = 0; y < task.out.height; ++y)
    for (int piece = 0; piece < split.pieces; ++piece)
      tile_of<OB, widest(OB)>(split.size(piece))(task, weights, channel, y, split.begin(piece));
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
