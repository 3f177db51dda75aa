#include "host/cpu/kernels/table.hpp"

#include "host/cpu/kernels/lane_sums.hpp"
#include "host/cpu/kernels/registers.hpp"
#include "host/cpu/kernels/split.hpp"
#include "host/cpu/kernels/vec.hpp"

namespace dae::cpu::DAE_ISA {
namespace {

/// The taps of a kernel in canonical order: input channel, row, column.
struct TapWalk {
  const ConvFilterTask& task;
  int plane = 0, ky = 0, kx = 0;

  /// The pixel that the tap reads for output 0,0.
  [[nodiscard]] const float* corner() const {
    return task.in.at + plane * task.in.plane + (task.origin_y + ky) * task.in.row +
           static_cast<std::ptrdiff_t>(task.origin_x + kx) * lanes;
  }
  void next() {
    if (++kx < task.kernel_w) return;
    kx = 0;
    if (++ky < task.kernel_h) return;
    ky = 0;
    ++plane;
  }
};

/// Adds the products of one pixel. The shorter side of the tile is held in registers, the longer one passes by.
template <int OB, int TB>
DAE_INLINE void add_products(const float* const (&d_out)[OB], std::ptrdiff_t out_at, const float* const (&in)[TB],
                             std::ptrdiff_t in_at, Vec (&sum)[OB * TB]) {
  if constexpr (OB <= TB) {
    Vec grad[OB];
    DAE_UNROLL
    for (int o = 0; o < OB; ++o) grad[o] = load(d_out[o] + out_at);
    DAE_UNROLL
    for (int t = 0; t < TB; ++t) {
      const Vec pixel = load(in[t] + in_at);
      DAE_UNROLL
      for (int o = 0; o < OB; ++o) sum[o * TB + t] += grad[o] * pixel;
    }
  } else {
    Vec pixel[TB];
    DAE_UNROLL
    for (int t = 0; t < TB; ++t) pixel[t] = load(in[t] + in_at);
    DAE_UNROLL
    for (int o = 0; o < OB; ++o) {
      const Vec grad = load(d_out[o] + out_at);
      DAE_UNROLL
      for (int t = 0; t < TB; ++t) sum[o * TB + t] += grad * pixel[t];
    }
  }
}

/// OB output channels times TB taps, any of all input channels, so that any kernel size fills the tile.
template <int OB, int TB>
void tile(const ConvFilterTask& task, const float* const* corners, int channel, float* gradient) {
  const float* in[TB];
  DAE_UNROLL
  for (int t = 0; t < TB; ++t) in[t] = corners[t];
  const float* d_out[OB];
  DAE_UNROLL
  for (int o = 0; o < OB; ++o) d_out[o] = task.d_out.at + (channel + o) * task.d_out.plane;

  Vec sum[OB * TB];
  DAE_UNROLL
  for (int i = 0; i < OB * TB; ++i) sum[i] = Vec{};
  for (int y = 0; y < task.d_out.height; ++y) {
    std::ptrdiff_t in_at = y * task.in.row, out_at = y * task.d_out.row;
    for (int x = 0; x < task.d_out.width; ++x, in_at += lanes, out_at += lanes)
      add_products<OB, TB>(d_out, out_at, in, in_at, sum);
  }
  for_lane_sums<OB * TB>(sum, [&](int i, float value) { gradient[i / TB * task.out_stride + i % TB] += value; });
}

using Tile = void (*)(const ConvFilterTask&, const float* const*, int, float*);
constexpr Tile tiles[4][6] = {{tile<1, 1>, tile<1, 2>, tile<1, 3>, tile<1, 4>, tile<1, 5>, tile<1, 6>},
                              {tile<2, 1>, tile<2, 2>, tile<2, 3>, tile<2, 4>, tile<2, 5>, tile<2, 6>},
                              {tile<3, 1>, tile<3, 2>, tile<3, 3>, tile<3, 4>, tile<3, 5>, tile<3, 6>},
                              {tile<4, 1>, tile<4, 2>, tile<4, 3>, tile<4, 4>, tile<4, 5>, tile<4, 6>}};

}  // namespace

void conv_filter(const ConvFilterTask& task) {
  const Split channels(task.d_out.channels, tile_rows);
  const Split taps(task.in.channels * task.kernel_h * task.kernel_w, tile_columns);
  TapWalk walk{task};
  // The taps of a tile stay in the first level cache while the grads of all channels pass by: the longer side of the
  // tile is read once.
  for (int t = 0; t < taps.pieces; ++t) {
    const float* corners[tile_columns];
    for (int i = 0; i < taps.size(t); ++i, walk.next()) corners[i] = walk.corner();
    for (int c = 0; c < channels.pieces; ++c) {
      float* gradient = task.gradient + channels.begin(c) * task.out_stride + taps.begin(t);
      tiles[channels.size(c) - 1][taps.size(t) - 1](task, corners, channels.begin(c), gradient);
    }
  }
}

void bias_gradient(ConstPlanes d_out, float* gradient) {
  for (int c = 0; c < d_out.channels; ++c) {
    Vec sum[2] = {};
    for (int y = 0; y < d_out.height; ++y) {
      const float* row = d_out.at + c * d_out.plane + y * d_out.row;
      for (int x = 0; x < d_out.width; ++x) sum[x & 1] += load(row + x * lanes);
    }
    gradient[c] += horizontal_sum(sum[0] + sum[1]);
  }
}

}  // namespace dae::cpu::DAE_ISA
