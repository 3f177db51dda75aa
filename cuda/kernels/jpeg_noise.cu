#include "cuda/kernels/noise.cuh"

#include "host/noise/jpeg_transform.hpp"

namespace dae::cuda {
namespace {

using jpeg::side;

/// Threads that share a block of 8x8: each takes a row, then a column, then a row.
constexpr unsigned kTeam = side, kTeams = kThreads / kTeam;

struct JpegBlocks {
  unsigned samples, height, width, channels;
  unsigned down, across;  // blocks of a plane

  /// Planes that are compressed together: three channels make colours, others are grey each.
  [[nodiscard]] __host__ __device__ unsigned groups() const { return channels == 3 ? 1 : channels; }
  [[nodiscard]] __host__ __device__ std::size_t blocks() const {
    return static_cast<std::size_t>(samples) * down * across * groups();
  }
};

/// A column, or padding, more than needed: neighbouring threads then read neighbouring banks both ways.
using Plane = int[side][side + 1];

/// One row of a block as pixels of 0 to 255, less 128 and transformed. What lies beyond the edge repeats the last row
/// and column.
template <int kPlanes>
__device__ inline void load_row(const float* image, const JpegBlocks& p, unsigned y, unsigned left, unsigned group,
                                int (&rows)[kPlanes][side]) {
  y = y < p.height ? y : p.height - 1;
  for (unsigned i = 0; i < side; ++i) {
    const unsigned x = left + i < p.width ? left + i : p.width - 1;
    const float* at = image + (static_cast<std::size_t>(y) * p.width + x) * p.channels + group;
    int values[3] = {};
    for (int k = 0; k < kPlanes; ++k) values[k] = jpeg::pixel(at[k]);
    if constexpr (kPlanes == 3) jpeg::to_ycc(values);
    for (int k = 0; k < kPlanes; ++k) rows[k][i] = values[k] - 128;
  }
  for (int k = 0; k < kPlanes; ++k) jpeg::forward_row(rows[k]);
}

template <int kPlanes>
__device__ inline void store_row(float* image, const JpegBlocks& p, unsigned y, unsigned left, unsigned group,
                                 int (&rows)[kPlanes][side]) {
  if (y >= p.height) return;
  for (int k = 0; k < kPlanes; ++k) jpeg::inverse_row(rows[k]);
  for (unsigned i = 0; i < side; ++i) {
    if (left + i >= p.width) break;
    int values[3] = {};
    for (int k = 0; k < kPlanes; ++k) values[k] = jpeg::clipped(rows[k][i] + 128, 0, 255);
    if constexpr (kPlanes == 3) jpeg::to_rgb(values);
    float* at = image + (static_cast<std::size_t>(y) * p.width + left + i) * p.channels + group;
    for (int k = 0; k < kPlanes; ++k) at[k] = static_cast<float>(values[k]) / 255.0f;
  }
}

/// A frequency's column, there and back.
__device__ inline void quantise_column(Plane& plane, unsigned x, const unsigned char* table, int quality) {
  int column[side];
  for (unsigned y = 0; y < side; ++y) column[y] = plane[y][x];
  jpeg::forward_column(column);
  for (unsigned y = 0; y < side; ++y)
    column[y] = jpeg::quantised(column[y], jpeg::divisor(table[y * side + x], quality));
  jpeg::inverse_column(column);
  for (unsigned y = 0; y < side; ++y) plane[y][x] = column[y];
}

/// In place: a block of 8x8 reads no pixel of another, and all have read theirs before one writes.
template <int kPlanes>
__global__ void __launch_bounds__(kThreads)
    jpeg_kernel(const StepParams* params, JpegBlocks p, Seed seed, int least_quality, int most_quality,
                const __grid_constant__ jpeg::Tables tables, float* noisy) {
  __shared__ Plane planes[kTeams][kPlanes];
  const unsigned team = threadIdx.x / kTeam, line = threadIdx.x % kTeam;
  for (std::size_t first = static_cast<std::size_t>(blockIdx.x) * kTeams; first < p.blocks();
       first += static_cast<std::size_t>(gridDim.x) * kTeams) {
    const std::size_t block = first + team, column = block / p.groups();
    const unsigned group = static_cast<unsigned>(block % p.groups());
    const unsigned left = static_cast<unsigned>(column % p.across) * side;
    const unsigned top = static_cast<unsigned>(column / p.across % p.down) * side;
    const unsigned row = static_cast<unsigned>(column / p.across / p.down);
    Sample sample;
    const bool works = block < p.blocks() && draws_noise(params->batch, p.samples, row, sample);
    float* image = noisy + static_cast<std::size_t>(row) * p.height * p.width * p.channels;
    Plane(&mine)[kPlanes] = planes[team];
    int rows[kPlanes][side];
    if (works) {
      load_row(image, p, top + line, left, group, rows);
      for (int k = 0; k < kPlanes; ++k)
        for (unsigned i = 0; i < side; ++i) mine[k][line][i] = rows[k][i];
    }
    __syncthreads();
    if (works) {
      const int quality = jpeg::quality(least_quality, most_quality, words_of(seed, sample, kSampleCounter).y);
      quantise_column(mine[0], line, tables.luminance, quality);
      for (int k = 1; k < kPlanes; ++k) quantise_column(mine[k], line, tables.chrominance, quality);
    }
    __syncthreads();
    if (works) {
      for (int k = 0; k < kPlanes; ++k)
        for (unsigned i = 0; i < side; ++i) rows[k][i] = mine[k][line][i];
      store_row(image, p, top + line, left, group, rows);
    }
    __syncthreads();
  }
}

}  // namespace

void compress_as_jpeg(cudaStream_t stream, const StepParams* params, const Shape& batch, const Jpeg& jpeg,
                      std::uint64_t seed, float* noisy) {
  const auto tiles = [](int length) { return static_cast<unsigned>((length + side - 1) / side); };
  const JpegBlocks places{static_cast<unsigned>(batch.n),
                          static_cast<unsigned>(batch.h),
                          static_cast<unsigned>(batch.w),
                          static_cast<unsigned>(batch.c),
                          tiles(batch.h),
                          tiles(batch.w)};
  launch("jpeg_kernel", stream, grid_for(places.blocks() * kTeam), batch.c == 3 ? jpeg_kernel<3> : jpeg_kernel<1>,
         params, places, Seed(seed), jpeg.quality, jpeg.max, jpeg::tables, noisy);
}

}  // namespace dae::cuda
