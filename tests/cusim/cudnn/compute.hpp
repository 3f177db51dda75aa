#pragma once

#include "tests/cusim/cudnn/operations.hpp"

/// \file
/// The operations' arithmetic, in plain loops over fp32 numbers in n, h, w, c order without gaps.
namespace cusim::cudnn {

using Numbers = std::vector<float>;

/// y[n][v][u][f] = sum of filter[f][i][j][c] x[n][v + i - before][u + j - before][c]. The filter's extent n is f.
Numbers correlate(const Numbers& x, const Extent& in, const Numbers& filter, const Extent& taps,
                  std::array<std::int64_t, 2> before, const Extent& out);

/// Its derivative by x.
Numbers correlate_data(const Numbers& dy, const Extent& out, const Numbers& filter, const Extent& taps,
                       std::array<std::int64_t, 2> before, const Extent& in);

/// Its derivative by the filter. The sum begins at image `first` and goes round: engines whose sums depend on timing.
Numbers correlate_filter(const Numbers& x, const Extent& in, const Numbers& dy, const Extent& out,
                         std::array<std::int64_t, 2> before, const Extent& taps, std::int64_t first);

/// The maximum of each window, and its row-major position in it, the first one on ties.
struct Maxima {
  Numbers values, index;
};
Maxima max_pool(const Numbers& x, const Extent& in, std::array<std::int64_t, 2> window, const Extent& out);
Numbers max_pool_backward(const Numbers& dy, const Numbers& index, const Extent& out,
                          std::array<std::int64_t, 2> window, const Extent& in);

/// The nearest number of 10 bits behind the point, as tensor cores read fp32; halves away from zero.
float tf32(float value);

/// Element i of memory; what is stored as bf16 is the nearest number, halves to even.
float load(const void* data, std::size_t i, cudnnDataType_t type);
void store(void* data, std::size_t i, cudnnDataType_t type, float value);

}  // namespace cusim::cudnn
