#include "host/cpu/kernels/kernel_lanes.hpp"
#include "host/cpu/kernels/pool_index.hpp"
#include "host/cpu/kernels/rows.hpp"
#include "host/cpu/kernels/winograd.hpp"

namespace dae::cpu::DAE_ISA {
namespace {

void weights(const float* from, std::ptrdiff_t pairs, bool mirror, float* frequencies) {
  // G has the rows 1 0 0, 1/2 1/2 1/2, 1/2 -1/2 1/2 and 0 0 1.
  const auto spread = [](Vec a, Vec b, Vec c, Vec(&out)[4]) {
    const Vec ends = 0.5f * (a + c), middle = 0.5f * b;
    out[0] = a;
    out[1] = ends + middle;
    out[2] = ends - middle;
    out[3] = c;
  };
  for (std::ptrdiff_t first = 0; first < pairs; first += lanes) {
    const int count = kernels_here(pairs, first);
    Vec w[3][3], rows[3][4], all[4];
    load_kernels(from + first * 9, count, mirror, w);
    for (int i = 0; i < 3; ++i) spread(w[i][0], w[i][1], w[i][2], rows[i]);
    for (int j = 0; j < 4; ++j) {
      spread(rows[0][j], rows[1][j], rows[2][j], all);
      for (int i = 0; i < 4; ++i) store_some(frequencies + (i * 4 + j) * pairs + first, count, all[i]);
    }
  }
}

void weight_gradient(const float* frequencies, std::ptrdiff_t pairs, std::ptrdiff_t kernels, float* gradient) {
  const auto gather = [](const Vec(&in)[4], Vec& a, Vec& b, Vec& c) {
    const Vec sum = 0.5f * (in[1] + in[2]);
    a = in[0] + sum;
    b = 0.5f * (in[1] - in[2]);
    c = in[3] + sum;
  };
  for (std::ptrdiff_t first = 0; first < kernels; first += lanes) {
    const int count = kernels_here(kernels, first);
    Vec w[3][3], rows[3][4], all[4];
    for (int j = 0; j < 4; ++j) {
      for (int i = 0; i < 4; ++i) all[i] = load_some(frequencies + (i * 4 + j) * pairs + first, count);
      gather(all, rows[0][j], rows[1][j], rows[2][j]);
    }
    for (int i = 0; i < 3; ++i) gather(rows[i], w[i][0], w[i][1], w[i][2]);
    add_kernels(gradient + first * 9, count, w);
  }
}

void input(ConstPlanes in, int origin, int row, Tiles out) {
  // B' has the rows 1 0 -1 0, 0 1 1 0, 0 -1 1 0 and 0 1 0 -1: a first input row plus or minus a second one.
  constexpr int first_row[] = {0, 1, 2, 1}, second_row[] = {2, 2, 1, 3};
  constexpr float second_sign[] = {-1, 1, -1, -1};
  const float sign = second_sign[row];
  for (int c = 0; c < in.channels; ++c) {
    float* to = out.at + c * out.channel;
    TileWalk<2> tile(out.columns, out.first);
    for (int i = 0; i < out.count; ++i, tile.next(), to += lanes) {
      const int x = tile.x() + origin;
      const float* upper = pixel(in, c, tile.y() + origin + first_row[row], x);
      const float* lower = pixel(in, c, tile.y() + origin + second_row[row], x);
      const Vec d0 = load(upper) + sign * load(lower);
      const Vec d1 = load(upper + lanes) + sign * load(lower + lanes);
      const Vec d2 = load(upper + 2 * lanes) + sign * load(lower + 2 * lanes);
      const Vec d3 = load(upper + 3 * lanes) + sign * load(lower + 3 * lanes);
      store(to, d0 - d2);
      store(to + out.frequency, d1 + d2);
      store(to + 2 * out.frequency, d2 - d1);
      store(to + 3 * out.frequency, d1 - d3);
    }
  }
}

void grad(ConstPlanes d_out, int row, Tiles out) {
  // A has the rows 1 0, 1 1, 1 -1 and 0 -1.
  constexpr float upper_factor[] = {1, 1, 1, 0}, lower_factor[] = {0, 1, -1, -1};
  const float of_upper = upper_factor[row], of_lower = lower_factor[row];
  for (int c = 0; c < d_out.channels; ++c) {
    float* to = out.at + c * out.channel;
    TileWalk<2> tile(out.columns, out.first);
    for (int i = 0; i < out.count; ++i, tile.next(), to += lanes) {
      const float* upper = pixel(d_out, c, tile.y(), tile.x());
      const float* lower = upper + d_out.row;
      const Vec d0 = of_upper * load(upper) + of_lower * load(lower);
      const Vec d1 = of_upper * load(upper + lanes) + of_lower * load(lower + lanes);
      store(to, d0);
      store(to + out.frequency, d0 + d1);
      store(to + 2 * out.frequency, d0 - d1);
      store(to + 3 * out.frequency, -d1);
    }
  }
}

/// Adds to a pixel's sum what the epilogue says and stores it, unless the pixel lies beyond the plane.
DAE_INLINE void finish_pixel(Vec sum, int c, int y, int x, const Planes& out, const Epilogue& epilogue) {
  if (y >= out.height || x >= out.width) return;
  float* to = pixel(out, c, y, x);
  if (epilogue.accumulate) sum += load(to);
  store(to, epilogue.relu ? relu(sum) : sum);
}

/// The maximum of the tile's 2x2 sums, of which those beyond the convolution's plane do not count.
DAE_INLINE WindowMaximum maximum_of(const Vec (&sums)[4], int y, int x, const Epilogue& epilogue) {
  const bool two_columns = x + 1 < epilogue.width;
  WindowMaximum window(sums[0]);
  if (two_columns) window.take(sums[1], 1);
  if (y + 1 >= epilogue.height) return window;
  window.take(sums[2], 2);
  if (two_columns) window.take(sums[3], 3);
  return window;
}

void output(ConstTiles in, Planes out, const Epilogue& epilogue) {
  for (int c = 0; c < out.channels; ++c) {
    const float* from = in.at + c * in.channel;
    const Vec bias = splat(epilogue.bias != nullptr ? epilogue.bias[c] : 0.0f);
    TileWalk<2> tile(in.columns, in.first);
    for (int i = 0; i < in.count; ++i, tile.next(), from += lanes) {
      Vec upper[4], lower[4];  // A' times the tile
      DAE_UNROLL
      for (int j = 0; j < 4; ++j) {
        const float* column = from + j * in.frequency;
        const Vec m1 = load(column + 4 * in.frequency), m2 = load(column + 8 * in.frequency);
        upper[j] = load(column) + (m1 + m2);
        lower[j] = (m1 - m2) - load(column + 12 * in.frequency);
      }
      const Vec sums[4] = {upper[0] + (upper[1] + upper[2]) + bias, (upper[1] - upper[2]) - upper[3] + bias,
                           lower[0] + (lower[1] + lower[2]) + bias, (lower[1] - lower[2]) - lower[3] + bias};
      const int y = tile.y(), x = tile.x();
      if (epilogue.pool) {  // a tile is a window
        std::uint8_t* place = epilogue.index.at;
        if (place != nullptr) place += c * epilogue.index.plane + (tile.row * tile.columns + tile.column) * lanes;
        store(pixel(out, c, tile.row, tile.column), maximum_of(sums, y, x, epilogue).finish(place));
        continue;
      }
      for (int pixel = 0; pixel < 4; ++pixel) finish_pixel(sums[pixel], c, y + pixel / 2, x + pixel % 2, out, epilogue);
    }
  }
}

}  // namespace

constexpr Winograd winograd2 = {.outputs = 2,
                                .frequencies = 16,
                                .group = 4,
                                .weights = weights,
                                .weight_gradient = weight_gradient,
                                .input = input,
                                .upsampled_input = nullptr,
                                .output = output,
                                .grad = grad};

}  // namespace dae::cpu::DAE_ISA
