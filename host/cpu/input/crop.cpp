#include "host/cpu/input/crop.hpp"

#include <fmt/format.h>

#include "dae/error.hpp"

namespace dae::cpu {
namespace {

template <class Pixel>
void gather_row(const std::byte* image, const Crop& crop, int y, float scale, Planes to, int lane, int lanes) {
  const Pixel* from = reinterpret_cast<const Pixel*>(image) + crop.origin + y * crop.row;
  for (int c = 0; c < to.channels; ++c) {
    float* at = to.at + c * to.plane + y * to.row + lane;
    for (int x = 0; x < to.width; ++x) at[x * lanes] = static_cast<float>(from[x * crop.column + c]) * scale;
  }
}

}  // namespace

void gather_row(const StoredImage& image, const std::byte* bytes, const Crop& crop, int y, Planes to, int lane,
                int lanes) {
  const std::byte* at = bytes + image.offset;
  switch (image.type) {
    case PixelType::none:
      return;
    case PixelType::u8:
      return gather_row<std::uint8_t>(at, crop, y, 1.0f / 255, to, lane, lanes);
    case PixelType::u16:
      return gather_row<std::uint16_t>(at, crop, y, 1.0f / 65535, to, lane, lanes);
    case PixelType::f32:
      return gather_row<float>(at, crop, y, 1, to, lane, lanes);
  }
}

void zero_row(int y, Planes to, int lane, int lanes) {
  for (int c = 0; c < to.channels; ++c)
    for (int x = 0; x < to.width; ++x) to.at[c * to.plane + y * to.row + x * lanes + lane] = 0;
}

void read_crop(const CpuImageStore& store, const StoredImage& image, const Sample& sample, const Shape& shape,
               float* to) {
  // Pixels as planes: what lies between two of a channel is the other channels.
  const Planes pixels{to, 1, std::ptrdiff_t{shape.w} * shape.c, shape.c, shape.h, shape.w};
  const Crop crop(image.shape, sample, shape);
  for (int y = 0; y < shape.h; ++y) gather_row(image, store.bytes(), crop, y, pixels, 0, shape.c);
}

void write_lanes(const Kernels& kernels, const float* from, int count, Planes to) {
  const Shape shape{1, to.height, to.width, to.channels};
  const StoredImage image{shape, PixelType::f32, 0};
  for (int y = 0; y < to.height; ++y)
    for (int lane = 0; lane < kernels.lanes; ++lane) {
      const auto* bytes =
          reinterpret_cast<const std::byte*>(from + static_cast<std::size_t>(lane) * shape.sample_size());
      if (lane < count)
        gather_row(image, bytes, Crop(shape, {}, shape), y, to, lane, kernels.lanes);
      else
        zero_row(y, to, lane, kernels.lanes);
    }
}

void read_lanes(const Kernels& kernels, ConstPlanes from, int count, float* to) {
  const std::size_t size = Shape{1, from.height, from.width, from.channels}.sample_size();
  for (int y = 0; y < from.height; ++y)
    for (int lane = 0; lane < count; ++lane) {
      float* row =
          to + static_cast<std::size_t>(lane) * size + static_cast<std::size_t>(y * from.width * from.channels);
      for (int c = 0; c < from.channels; ++c) {
        const float* at = from.at + c * from.plane + y * from.row + lane;
        for (int x = 0; x < from.width; ++x) row[x * from.channels + c] = at[x * kernels.lanes];
      }
    }
}

}  // namespace dae::cpu
