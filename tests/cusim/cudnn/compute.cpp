#include "tests/cusim/cudnn/compute.hpp"

#include <bit>
#include <cmath>
#include <limits>

namespace cusim::cudnn {
namespace {

std::size_t at(const Extent& e, std::int64_t n, std::int64_t y, std::int64_t x) {
  return static_cast<std::size_t>(((n * e.h + y) * e.w + x) * e.c);
}

/// filter[f][i][j][c] as [i][j][c][f], so that the inner loops run over neighbours; `turned` by half a turn and with
/// the roles of c and f exchanged, for the derivative by x.
Numbers repacked(const Numbers& filter, const Extent& taps, bool turned) {
  Numbers packed(filter.size());
  std::size_t from = 0;
  for (std::int64_t f = 0; f < taps.n; ++f)
    for (std::int64_t i = 0; i < taps.h; ++i)
      for (std::int64_t j = 0; j < taps.w; ++j)
        for (std::int64_t c = 0; c < taps.c; ++c) {
          const std::int64_t to = turned ? (((taps.h - 1 - i) * taps.w + taps.w - 1 - j) * taps.n + f) * taps.c + c
                                         : ((i * taps.w + j) * taps.c + c) * taps.n + f;
          packed[static_cast<std::size_t>(to)] = filter[from++];
        }
  return packed;
}

/// Calls action(offset in y, offset in x, index of tap) for each pair of pixels that a tap connects in image n.
template <class Action>
void for_pairs(const Extent& in, const Extent& out, std::int64_t rows, std::int64_t columns,
               std::array<std::int64_t, 2> before, std::int64_t n, const Action& action) {
  for (std::int64_t v = 0; v < out.h; ++v)
    for (std::int64_t u = 0; u < out.w; ++u)
      for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t j = 0; j < columns; ++j) {
          const std::int64_t y = v + i - before[0], x = u + j - before[1];
          if (y >= 0 && y < in.h && x >= 0 && x < in.w)
            action(at(out, n, v, u), at(in, n, y, x), static_cast<std::size_t>(i * columns + j));
        }
}

/// to[k] += sum over c of from[c] * matrix[c][k].
void add_product(const float* from, std::size_t rows, const float* matrix, std::size_t columns, float* to) {
  for (std::size_t c = 0; c < rows; ++c)
    for (std::size_t k = 0; k < columns; ++k) to[k] += from[c] * matrix[c * columns + k];
}

Numbers correlate_packed(const Numbers& x, const Extent& in, const Numbers& packed, const Extent& taps,
                         std::array<std::int64_t, 2> before, const Extent& out) {
  Numbers y(out.size());
  const auto channels = static_cast<std::size_t>(in.c), filters = static_cast<std::size_t>(out.c);
  for (std::int64_t n = 0; n < out.n; ++n)
    for_pairs(in, out, taps.h, taps.w, before, n, [&](std::size_t to, std::size_t from, std::size_t tap) {
      add_product(&x[from], channels, &packed[tap * channels * filters], filters, &y[to]);
    });
  return y;
}

}  // namespace

Numbers correlate(const Numbers& x, const Extent& in, const Numbers& filter, const Extent& taps,
                  std::array<std::int64_t, 2> before, const Extent& out) {
  return correlate_packed(x, in, repacked(filter, taps, false), taps, before, out);
}

Numbers correlate_data(const Numbers& dy, const Extent& out, const Numbers& filter, const Extent& taps,
                       std::array<std::int64_t, 2> before, const Extent& in) {
  return correlate_packed(dy, out, repacked(filter, taps, true), taps, {taps.h - 1 - before[0], taps.w - 1 - before[1]},
                          in);
}

Numbers correlate_filter(const Numbers& x, const Extent& in, const Numbers& dy, const Extent& out,
                         std::array<std::int64_t, 2> before, const Extent& taps, std::int64_t first) {
  const auto channels = static_cast<std::size_t>(in.c), filters = static_cast<std::size_t>(out.c);
  Numbers dw(taps.size());
  for (std::int64_t n = 0; n < out.n; ++n)
    for_pairs(in, out, taps.h, taps.w, before, (n + first) % out.n,
              [&](std::size_t to, std::size_t from, std::size_t tap) {
                for (std::size_t f = 0; f < filters; ++f) {
                  float* sums = &dw[(f * static_cast<std::size_t>(taps.h * taps.w) + tap) * channels];
                  for (std::size_t c = 0; c < channels; ++c) sums[c] += x[from + c] * dy[to + f];
                }
              });
  return dw;
}

/// Calls action(offset in x, offset in y, position in the window) for each pixel of x.
template <class Action>
void for_windows(const Extent& in, const Extent& out, std::array<std::int64_t, 2> window, const Action& action) {
  for (std::int64_t n = 0; n < in.n; ++n)
    for (std::int64_t y = 0; y < in.h; ++y)
      for (std::int64_t x = 0; x < in.w; ++x)
        action(at(in, n, y, x), at(out, n, y / window[0], x / window[1]),
               static_cast<float>(y % window[0] * window[1] + x % window[1]));
}

Maxima max_pool(const Numbers& x, const Extent& in, std::array<std::int64_t, 2> window, const Extent& out) {
  Maxima maxima{Numbers(out.size(), -std::numeric_limits<float>::infinity()), Numbers(out.size())};
  for_windows(in, out, window, [&](std::size_t from, std::size_t to, float position) {
    for (std::size_t c = 0; c < static_cast<std::size_t>(in.c); ++c)
      if (x[from + c] > maxima.values[to + c] || std::isnan(x[from + c])) {
        maxima.values[to + c] = x[from + c];
        maxima.index[to + c] = position;
      }
  });
  return maxima;
}

Numbers max_pool_backward(const Numbers& dy, const Numbers& index, const Extent& out,
                          std::array<std::int64_t, 2> window, const Extent& in) {
  Numbers dx(in.size());
  for_windows(in, out, window, [&](std::size_t to, std::size_t from, float position) {
    for (std::size_t c = 0; c < static_cast<std::size_t>(in.c); ++c)
      if (index[from + c] == position) dx[to + c] = dy[from + c];
  });
  return dx;
}

float tf32(float value) {
  if (!std::isfinite(value)) return value;
  constexpr std::uint32_t half = 0x1000u, kept = ~0x1FFFu;
  return std::bit_cast<float>((std::bit_cast<std::uint32_t>(value) + half) & kept);
}

float load(const void* data, std::size_t i, cudnnDataType_t type) {
  if (type == CUDNN_DATA_FLOAT) return static_cast<const float*>(data)[i];
  if (type == CUDNN_DATA_INT8) return static_cast<float>(static_cast<const std::int8_t*>(data)[i]);
  return std::bit_cast<float>(static_cast<std::uint32_t>(static_cast<const std::uint16_t*>(data)[i]) << 16);
}

void store(void* data, std::size_t i, cudnnDataType_t type, float value) {
  if (type == CUDNN_DATA_FLOAT) {
    static_cast<float*>(data)[i] = value;
  } else if (type == CUDNN_DATA_INT8) {
    static_cast<std::int8_t*>(data)[i] = static_cast<std::int8_t>(value);
  } else {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t nearest = std::isnan(value) ? bits | 0x400000u : bits + 0x7FFFu + (bits >> 16 & 1u);
    static_cast<std::uint16_t*>(data)[i] = static_cast<std::uint16_t>(nearest >> 16);
  }
}

}  // namespace cusim::cudnn
