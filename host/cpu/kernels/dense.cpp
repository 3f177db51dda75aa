#include "host/cpu/kernels/table.hpp"

#include "host/cpu/kernels/registers.hpp"
#include "host/cpu/kernels/rows.hpp"
#include "host/cpu/kernels/split.hpp"

namespace dae::cpu::DAE_ISA {
namespace {

/// Writes, or adds, the first `count` lanes.
DAE_INLINE void put_columns(float* to, Vec value, int count, bool accumulate) {
  if (count >= lanes) {
    store_unaligned(to, accumulate ? load_unaligned(to) + value : value);
    return;
  }
  float part[lanes];  // a copy: indexing the register itself would move the whole tile into memory
  store_unaligned(part, value);
  for (int n = 0; n < count; ++n) to[n] = accumulate ? to[n] + part[n] : part[n];
}

/// RB rows of the result times CB registers of columns, of which the last may be partly used.
template <int RB, int CB>
void tile(const GemmTask& task, int row, int column) {
  Vec sum[RB][CB];
  DAE_UNROLL
  for (int i = 0; i < RB; ++i) {
    DAE_UNROLL
    for (int j = 0; j < CB; ++j) sum[i][j] = Vec{};
  }
  const float* a = task.a + row * task.a_row;
  const float* b = task.b + column;
  for (int k = 0; k < task.depth; ++k, a += task.a_step, b += task.b_row) {
    Vec factor[CB];
    DAE_UNROLL
    for (int j = 0; j < CB; ++j) factor[j] = load_unaligned(b + j * lanes);
    DAE_UNROLL
    for (int i = 0; i < RB; ++i) {
      const Vec scalar = splat(a[i * task.a_row]);
      DAE_UNROLL
      for (int j = 0; j < CB; ++j) sum[i][j] += scalar * factor[j];
    }
  }
  DAE_UNROLL
  for (int i = 0; i < RB; ++i) {
    float* c = task.c + (row + i) * task.c_row + column;
    DAE_UNROLL
    for (int j = 0; j < CB; ++j, c += lanes)
      put_columns(c, sum[i][j], task.columns - column - j * lanes, task.accumulate);
  }
}

using Tile = void (*)(const GemmTask&, int, int);
constexpr Tile tiles[4][6] = {{tile<1, 1>, tile<1, 2>, tile<1, 3>, tile<1, 4>, tile<1, 5>, tile<1, 6>},
                              {tile<2, 1>, tile<2, 2>, tile<2, 3>, tile<2, 4>, tile<2, 5>, tile<2, 6>},
                              {tile<3, 1>, tile<3, 2>, tile<3, 3>, tile<3, 4>, tile<3, 5>, tile<3, 6>},
                              {tile<4, 1>, tile<4, 2>, tile<4, 3>, tile<4, 4>, tile<4, 5>, tile<4, 6>}};
constexpr Tile single[12] = {tile<1, 1>, tile<2, 1>, tile<3, 1>, tile<4, 1>,  tile<5, 1>,  tile<6, 1>,
                             tile<7, 1>, tile<8, 1>, tile<9, 1>, tile<10, 1>, tile<11, 1>, tile<12, 1>};

}  // namespace

void gemm(const GemmTask& task) {
  const Split registers((task.columns + lanes - 1) / lanes, tile_columns);
  // One register of columns, the images of a block: many rows hide the latency of the FMA instead.
  const bool narrow = registers.pieces == 1 && registers.size(0) == 1;
  const Split rows(task.rows, narrow ? 12 : tile_rows);
  for (int j = 0; j < registers.pieces; ++j)
    for (int i = 0; i < rows.pieces; ++i) {
      const Tile chosen = narrow ? single[rows.size(i) - 1] : tiles[rows.size(i) - 1][registers.size(j) - 1];
      chosen(task, rows.begin(i), registers.begin(j) * lanes);
    }
}

void to_rows(ConstPlanes in, float* rows, std::ptrdiff_t pitch) {
  for (int c = 0; c < in.channels; ++c)
    for (int lane = 0; lane < lanes; ++lane) rows[lane * pitch + c] = in.at[c * in.plane + lane];
}

void add_bias(Planes vector, const float* bias, bool with_relu) {
  for (int c = 0; c < vector.channels; ++c) {
    float* at = pixel(vector, c, 0, 0);
    const Vec value = load(at) + bias[c];
    store(at, with_relu ? relu(value) : value);
  }
}

}  // namespace dae::cpu::DAE_ISA
