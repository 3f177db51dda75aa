#pragma once

#include <cstddef>

#include "dae/batch.hpp"
#include "host/cpu/input/image_store.hpp"
#include "host/cpu/kernels/kernels.hpp"

namespace dae::cpu {

/// A crop as strides: the pixel of output row y and column x is at origin + y * row + x * column, in elements.
struct Crop {
  std::ptrdiff_t origin, row, column;

  Crop(const Shape& image, const Sample& sample, const Shape& shape) {
    const bool mirror_columns = sample.orientation & 1, mirror_rows = sample.orientation & 2,
               transpose = sample.orientation & 4;
    const std::ptrdiff_t down = std::ptrdiff_t{image.w} * image.c, right = image.c;
    row = transpose ? right : down;
    column = transpose ? down : right;
    origin = sample.y * down + sample.x * right;
    if (mirror_rows) {
      origin += (shape.h - 1) * row;
      row = -row;
    }
    if (mirror_columns) {
      origin += (shape.w - 1) * column;
      column = -column;
    }
  }
};

/// Writes row `y` of a crop, scaled to [0, 1], into a lane of `to`; `bytes` are those of the image store. Nothing for
/// an image that is not there.
void gather_row(const StoredImage& image, const std::byte* bytes, const Crop& crop, int y, Planes to, int lane,
                int lanes);
void zero_row(int y, Planes to, int lane, int lanes);

/// Writes the sample's crop of an image store's image, scaled to [0, 1], to host memory (h, w, c).
void read_crop(const CpuImageStore& store, const StoredImage& image, const Sample& sample, const Shape& shape,
               float* to);

/// Copies `count` samples of host memory (n, h, w, c) into the first lanes; the other lanes become zero.
void write_lanes(const Kernels& kernels, const float* from, int count, Planes to);
/// The reverse, for `count` lanes.
void read_lanes(const Kernels& kernels, ConstPlanes from, int count, float* to);

}  // namespace dae::cpu
