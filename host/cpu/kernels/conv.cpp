#include "host/cpu/kernels/conv.hpp"

#include "host/cpu/kernels/split.hpp"
#include "host/cpu/kernels/vec.hpp"

namespace dae::cpu::DAE_ISA {
namespace {

// Accumulators that fit into the registers beside one row of inputs or weights: 32 registers on AVX-512 and aarch64, 16
// elsewhere.
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int widest(int out_channels) { return out_channels == 4 ? 6 : out_channels == 2 ? 12 : 14; }
#else
constexpr int widest(int out_channels) { return out_channels == 4 ? 3 : out_channels == 2 ? 5 : 10; }
#endif

/// OB output channels times XB pixels, all taps.
template <int OB, int XB>
void tile(const ConvTask& task, const float* weights, int channel, int y, int x) {
  Vec sum[OB][XB];
  for (int o = 0; o < OB; ++o) {
    const Vec start = splat(task.bias != nullptr ? task.bias[channel + o] : 0.0f);
    for (int i = 0; i < XB; ++i) sum[o][i] = start;
  }
  const float* corner = task.in.at + (y + task.origin_y) * task.in.row + (x + task.origin_x) * lanes;
  for (int in = 0; in < task.in.channels; ++in, corner += task.in.plane) {
    const float* row = corner;
    for (int ky = 0; ky < task.kernel_h; ++ky, row += task.in.row) {
      const float* pixels = row;
      for (int kx = 0; kx < task.kernel_w; ++kx, pixels += lanes, weights += OB) {
        Vec weight[OB];
        for (int o = 0; o < OB; ++o) weight[o] = splat(weights[o]);
#pragma GCC unroll 14
        for (int i = 0; i < XB; ++i) {
          const Vec pixel = load(pixels + i * lanes);
#pragma GCC unroll 4
          for (int o = 0; o < OB; ++o) sum[o][i] += pixel * weight[o];
        }
      }
    }
  }
  for (int o = 0; o < OB; ++o) {
    float* out = task.out.at + (channel + o) * task.out.plane + y * task.out.row + x * lanes;
    for (int i = 0; i < XB; ++i) {
      Vec value = sum[o][i];
      if (task.accumulate) value += load(out + i * lanes);
      store(out + i * lanes, task.relu ? relu(value) : value);
    }
  }
}

using Tile = void (*)(const ConvTask&, const float*, int, int, int);

template <int OB>
constexpr Tile tiles[] = {nullptr,      tile<OB, 1>,  tile<OB, 2>,  tile<OB, 3>,  tile<OB, 4>,
                          tile<OB, 5>,  tile<OB, 6>,  tile<OB, 7>,  tile<OB, 8>,  tile<OB, 9>,
                          tile<OB, 10>, tile<OB, 11>, tile<OB, 12>, tile<OB, 13>, tile<OB, 14>};

template <int OB>
constexpr Tile tile_of(int width) {
  return tiles<OB>[width];
}

/// All rows and columns of OB channels.
template <int OB>
void channels(const ConvTask& task, const float* weights, int channel) {
  const Split split(task.out.width, widest(OB));
  for (int y = 0; y < task.out.height; ++y)
    for (int piece = 0; piece < split.pieces; ++piece)
      tile_of<OB>(split.size(piece))(task, weights, channel, y, split.begin(piece));
}

/// Calls `act(first channel, OB)` for the groups of output channels that weights are packed in: as many groups of 4 as
/// there are, then one of 2, then one of 1.
template <class Act>
void for_groups(int channels, Act act) {
  int channel = 0;
  for (; channel + 4 <= channels; channel += 4) act(channel, 4);
  if (channel + 2 <= channels) {
    act(channel, 2);
    channel += 2;
  }
  if (channel < channels) act(channel, 1);
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
