#include "host/cpu/kernels/kernel_lanes.hpp"
#include "host/cpu/kernels/pool_index.hpp"
#include "host/cpu/kernels/rows.hpp"
#include "host/cpu/kernels/winograd.hpp"

namespace dae::cpu::DAE_ISA {
namespace {

constexpr float root_half = 0.70710678118654752f, root_two = 1.41421356237309505f;
// Products of the differences of a point to all others, in G.
constexpr float per_a = -2.0f / 3, per_b = 1.0f / 6;

// In all of these vectors the points come in the order 0, infinity, a, -a, b, -b: two of them make a group.

/// Points 2 * Group and 2 * Group + 1 of B' x.
template <int Group>
DAE_INLINE void evaluate_input(const Vec (&x)[6], Vec& first, Vec& second) {
  if constexpr (Group == 0) {
    first = x[0] - 2.5f * x[2] + x[4];
    second = x[1] - 2.5f * x[3] + x[5];
  } else {
    constexpr float other_square = Group == 1 ? 2.0f : 0.5f, root = Group == 1 ? root_half : root_two;
    const Vec even = x[4] - other_square * x[2], odd = root * (x[3] - other_square * x[1]);
    first = even + odd;
    second = even - odd;
  }
}

/// The same of A dy.
template <int Group>
DAE_INLINE void evaluate_grad(const Vec (&dy)[4], Vec& first, Vec& second) {
  if constexpr (Group == 0) {
    first = dy[0];
    second = dy[3];
  } else {
    constexpr float square = Group == 1 ? 0.5f : 2.0f, root = Group == 1 ? root_half : root_two;
    const Vec even = dy[0] + square * dy[2], odd = root * (dy[1] + square * dy[3]);
    first = even + odd;
    second = even - odd;
  }
}

/// A' m.
DAE_INLINE void interpolate(const Vec (&m)[6], Vec (&y)[4]) {
  const Vec sum_a = m[2] + m[3], sum_b = m[4] + m[5];
  const Vec difference_a = root_half * (m[2] - m[3]), difference_b = root_two * (m[4] - m[5]);
  y[0] = m[0] + (sum_a + sum_b);
  y[1] = difference_a + difference_b;
  y[2] = 0.5f * sum_a + 2.0f * sum_b;
  y[3] = 0.5f * difference_a + 2.0f * difference_b + m[1];
}

/// G w.
DAE_INLINE void evaluate_weights(const Vec (&w)[3], Vec (&u)[6]) {
  u[0] = w[0];
  u[1] = w[2];
  const Vec even_a = per_a * (w[0] + 0.5f * w[2]), odd_a = (per_a * root_half) * w[1];
  const Vec even_b = per_b * (w[0] + 2.0f * w[2]), odd_b = (per_b * root_two) * w[1];
  u[2] = even_a + odd_a;
  u[3] = even_a - odd_a;
  u[4] = even_b + odd_b;
  u[5] = even_b - odd_b;
}

/// G' m.
DAE_INLINE void gather_weights(const Vec (&m)[6], Vec (&w)[3]) {
  const Vec sum_a = per_a * (m[2] + m[3]), sum_b = per_b * (m[4] + m[5]);
  w[0] = m[0] + (sum_a + sum_b);
  w[1] = (per_a * root_half) * (m[2] - m[3]) + (per_b * root_two) * (m[4] - m[5]);
  w[2] = 0.5f * sum_a + 2.0f * sum_b + m[1];
}

void weights(const float* from, std::ptrdiff_t pairs, bool mirror, float* frequencies) {
  for (std::ptrdiff_t first = 0; first < pairs; first += lanes) {
    const int count = kernels_here(pairs, first);
    Vec w[3][3], columns[3][6];
    load_kernels(from + first * 9, count, mirror, w);
    for (int i = 0; i < 3; ++i) evaluate_weights(w[i], columns[i]);
    for (int j = 0; j < 6; ++j) {
      const Vec column[3] = {columns[0][j], columns[1][j], columns[2][j]};
      Vec all[6];
      evaluate_weights(column, all);
      for (int i = 0; i < 6; ++i) store_some(frequencies + (i * 6 + j) * pairs + first, count, all[i]);
    }
  }
}

void weight_gradient(const float* frequencies, std::ptrdiff_t pairs, std::ptrdiff_t kernels, float* gradient) {
  for (std::ptrdiff_t first = 0; first < kernels; first += lanes) {
    const int count = kernels_here(kernels, first);
    Vec w[3][3], rows[3][6];
    for (int j = 0; j < 6; ++j) {
      Vec all[6], column[3];
      for (int i = 0; i < 6; ++i) all[i] = load_some(frequencies + (i * 6 + j) * pairs + first, count);
      gather_weights(all, column);
      for (int i = 0; i < 3; ++i) rows[i][j] = column[i];
    }
    for (int i = 0; i < 3; ++i) gather_weights(rows[i], w[i]);
    add_kernels(gradient + first * 9, count, w);
  }
}

/// Stores the six frequencies of a row.
template <class Evaluate>
DAE_INLINE void store_row(float* to, std::ptrdiff_t frequency, Evaluate evaluate) {
  Vec v[6];
  evaluate(v);
  DAE_UNROLL
  for (int j = 0; j < 6; ++j) store(to + j * frequency, v[j]);
}

/// `Upsampling` is how often the tiles see each row and column of `in`; with 2 of them `origin` is -1.
template <int Group, int Upsampling>
void input_group(const ConstPlanes& in, int origin, const Tiles& out) {
  constexpr auto seen = [](int pixel) { return (pixel + Upsampling - 1) / Upsampling; };
  for (int c = 0; c < in.channels; ++c) {
    float* to = out.at + c * out.channel;
    TileWalk<4> tile(out.columns, out.first);
    for (int i = 0; i < out.count; ++i, tile.next(), to += lanes) {
      const float* at = pixel(in, c, tile.y() / Upsampling + origin, tile.x() / Upsampling + origin);
      Vec upper[6], lower[6];
      DAE_UNROLL
      for (int j = 0; j < 6; ++j) {
        Vec column[6];
        DAE_UNROLL
        for (int k = 0; k < 6; ++k) column[k] = load(at + seen(k) * in.row + seen(j) * lanes);
        evaluate_input<Group>(column, upper[j], lower[j]);
      }
      const auto across = [](const Vec(&x)[6]) {
        return [&x](Vec(&v)[6]) {
          evaluate_input<0>(x, v[0], v[1]);
          evaluate_input<1>(x, v[2], v[3]);
          evaluate_input<2>(x, v[4], v[5]);
        };
      };
      store_row(to, out.frequency, across(upper));
      store_row(to + 6 * out.frequency, out.frequency, across(lower));
    }
  }
}

template <int Upsampling>
void input_of(const ConstPlanes& in, int origin, int group, const Tiles& out) {
  if (group == 0) return input_group<0, Upsampling>(in, origin, out);
  if (group == 1) return input_group<1, Upsampling>(in, origin, out);
  input_group<2, Upsampling>(in, origin, out);
}

void input(ConstPlanes in, int origin, int group, Tiles out) { input_of<1>(in, origin, group, out); }
void upsampled_input(ConstPlanes in, int group, Tiles out) { input_of<2>(in, -1, group, out); }

template <int Group>
void grad_group(const ConstPlanes& d_out, const Tiles& out) {
  for (int c = 0; c < d_out.channels; ++c) {
    float* to = out.at + c * out.channel;
    TileWalk<4> tile(out.columns, out.first);
    for (int i = 0; i < out.count; ++i, tile.next(), to += lanes) {
      const float* at = pixel(d_out, c, tile.y(), tile.x());
      Vec upper[4], lower[4];
      DAE_UNROLL
      for (int j = 0; j < 4; ++j) {
        Vec column[4];
        DAE_UNROLL
        for (int k = 0; k < 4; ++k) column[k] = load(at + k * d_out.row + j * lanes);
        evaluate_grad<Group>(column, upper[j], lower[j]);
      }
      const auto across = [](const Vec(&dy)[4]) {
        return [&dy](Vec(&v)[6]) {
          evaluate_grad<0>(dy, v[0], v[1]);
          evaluate_grad<1>(dy, v[2], v[3]);
          evaluate_grad<2>(dy, v[4], v[5]);
        };
      };
      store_row(to, out.frequency, across(upper));
      store_row(to + 6 * out.frequency, out.frequency, across(lower));
    }
  }
}

void grad(ConstPlanes d_out, int group, Tiles out) {
  if (group == 0) return grad_group<0>(d_out, out);
  if (group == 1) return grad_group<1>(d_out, out);
  grad_group<2>(d_out, out);
}

/// The maximum of the 2x2 sums from (i, j) on, of which those beyond the convolution's plane do not count.
DAE_INLINE WindowMaximum maximum_of(const Vec (&sums)[4][4], int i, int j, bool two_columns, bool two_rows) {
  WindowMaximum window(sums[i][j]);
  if (two_columns) window.take(sums[i][j + 1], 1);
  if (!two_rows) return window;
  window.take(sums[i + 1][j], 2);
  if (two_columns) window.take(sums[i + 1][j + 1], 3);
  return window;
}

void pool_tile(const Vec (&sums)[4][4], int c, int y, int x, const Planes& out, const Epilogue& epilogue) {
  for (int i = 0; i < 4; i += 2)
    for (int j = 0; j < 4; j += 2) {
      const int row = (y + i) / 2, column = (x + j) / 2;
      if (row >= out.height || column >= out.width) continue;
      std::uint8_t* place = epilogue.index.at;
      if (place != nullptr) place += c * epilogue.index.plane + (row * out.width + column) * lanes;
      const bool two_columns = x + j + 1 < epilogue.width, two_rows = y + i + 1 < epilogue.height;
      store(pixel(out, c, row, column), maximum_of(sums, i, j, two_columns, two_rows).finish(place));
    }
}

/// Pooling, ReLU and the edges of the plane for the 4x4 sums of a tile.
void finish_tile(const Vec (&sums)[4][4], int c, int y, int x, const Planes& out, const Epilogue& epilogue) {
  if (epilogue.pool) return pool_tile(sums, c, y, x, out, epilogue);
  for (int i = 0; i < 4 && y + i < out.height; ++i) {
    float* to = pixel(out, c, y + i, x);
    for (int j = 0; j < 4 && x + j < out.width; ++j, to += lanes) {
      const Vec sum = epilogue.accumulate ? sums[i][j] + load(to) : sums[i][j];
      store(to, epilogue.relu ? relu(sum) : sum);
    }
  }
}

void output(ConstTiles in, Planes out, const Epilogue& epilogue) {
  for (int c = 0; c < out.channels; ++c) {
    const float* from = in.at + c * in.channel;
    const Vec bias = splat(epilogue.bias != nullptr ? epilogue.bias[c] : 0.0f);
    TileWalk<4> tile(in.columns, in.first);
    for (int t = 0; t < in.count; ++t, tile.next(), from += lanes) {
      Vec columns[4][6], sums[4][4];
      DAE_UNROLL
      for (int j = 0; j < 6; ++j) {
        Vec m[6], y[4];
        DAE_UNROLL
        for (int i = 0; i < 6; ++i) m[i] = load(from + (i * 6 + j) * in.frequency);
        interpolate(m, y);
        DAE_UNROLL
        for (int i = 0; i < 4; ++i) columns[i][j] = y[i];
      }
      DAE_UNROLL
      for (int i = 0; i < 4; ++i) {
        interpolate(columns[i], sums[i]);
        DAE_UNROLL
        for (int j = 0; j < 4; ++j) sums[i][j] += bias;
      }
      finish_tile(sums, c, tile.y(), tile.x(), out, epilogue);
    }
  }
}

}  // namespace

constexpr Winograd winograd4 = {.outputs = 4,
                                .frequencies = 36,
                                .group = 12,
                                .weights = weights,
                                .weight_gradient = weight_gradient,
                                .input = input,
                                .upsampled_input = upsampled_input,
                                .output = output,
                                .grad = grad};

}  // namespace dae::cpu::DAE_ISA
