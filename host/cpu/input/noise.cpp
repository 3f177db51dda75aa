#include "host/cpu/input/noise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dae/error.hpp"
#include "host/noise/noise.hpp"

namespace dae::cpu {
namespace {

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

template <class Pixel>
void gather_row(const std::byte* image, const Crop& crop, int y, float scale, Planes to, int lane, int lanes) {
  const Pixel* from = reinterpret_cast<const Pixel*>(image) + crop.origin + y * crop.row;
  for (int c = 0; c < to.channels; ++c) {
    float* at = to.at + c * to.plane + y * to.row + lane;
    for (int x = 0; x < to.width; ++x) at[x * lanes] = static_cast<float>(from[x * crop.column + c]) * scale;
  }
}

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

}  // namespace

InputWriter::InputWriter(const Shape& sample, const NoiseRecipe& recipe, const Tensor& input, const Tensor& target,
                         const Tensor* levels)
    : shape_(sample),
      input_(input),
      target_(target),
      levels_(levels),
      recipe_(recipe),
      vector_(only_gaussian(recipe)) {}

/// One sample's noise, drawn by the reference: for kinds that no kernel draws.
void InputWriter::write_noise(const Sample& sample, int lane, int lanes, ConstPlanes clean, Planes noisy) const {
  std::vector<float> pixels;
  pixels.reserve(shape_.sample_size());
  const auto for_each_element = [&](auto planes, auto act) {
    for (int y = 0; y < shape_.h; ++y)
      for (int x = 0; x < shape_.w; ++x)
        for (int c = 0; c < shape_.c; ++c) act(planes.at[c * planes.plane + y * planes.row + x * lanes + lane]);
  };
  for_each_element(clean, [&](float pixel) { pixels.push_back(pixel); });
  add_noise(pixels, shape_, recipe_, sample.rng_stream, sample.epoch, sample.id);
  for_each_element(noisy, [from = pixels.begin()](float& pixel) mutable { pixel = *from++; });
}

void InputWriter::write(const Block& block, const CpuImageStore& store, std::span<const Sample> samples) const {
  const int lanes = block.kernels.lanes, count = static_cast<int>(samples.size());
  const Planes target = target_.in(block.arena), input = with_clean_border(block, input_);
  std::array<std::uint32_t, most_lanes> epoch{}, id{}, rng_stream{};
  std::array<float, most_lanes> sigma{}, level{};
  for (int lane = 0; lane < count; ++lane) {
    const Sample& sample = samples[static_cast<std::size_t>(lane)];
    const auto i = static_cast<std::size_t>(lane);
    epoch[i] = sample.epoch;
    id[i] = sample.id;
    rng_stream[i] = static_cast<std::uint32_t>(sample.rng_stream);
    const bool drawn = store.noisy(sample.slot).type == PixelType::none;
    if (drawn) level[i] = gaussian_sigma(recipe_, sample.rng_stream, sample.epoch, sample.id);
    if (vector_) sigma[i] = level[i];
    if (!drawn) level[i] = noise_level(recipe_);
  }
  if (levels_ != nullptr && block.member == 0) std::ranges::copy_n(level.begin(), lanes, levels_->in(block.arena).at);
  const Slice rows = block.share(shape_.h);
  // Row by row, so that the row of all lanes stays in the cache while its lanes are filled.
  for (int y = rows.first; y < rows.end(); ++y)
    for (int lane = 0; lane < lanes; ++lane) {
      if (lane >= count) {
        zero_row(y, target, lane, lanes);
        continue;
      }
      const Sample& sample = samples[static_cast<std::size_t>(lane)];
      const StoredImage& image = store.clean(sample.slot);
      gather_row(image, store.bytes(), Crop(image.shape, sample, shape_), y, target, lane, lanes);
    }
  block.kernels.noise({.clean = rows_of(target, rows),
                       .out = rows_of(input, rows),
                       .seed = recipe_.seed,
                       .lanes = {epoch.data(), id.data(), rng_stream.data(), sigma.data()},
                       .clip = recipe_.clip,
                       .begin = static_cast<std::uint32_t>(rows.first * shape_.w * shape_.c)});
  if (!vector_) {
    block.meet();
    const Slice mine = block.share(count);
    for (int lane = mine.first; lane < mine.end(); ++lane) {
      const Sample& sample = samples[static_cast<std::size_t>(lane)];
      if (store.noisy(sample.slot).type == PixelType::none) write_noise(sample, lane, lanes, target, input);
    }
  }
  for (int lane = 0; lane < count; ++lane) {
    const Sample& sample = samples[static_cast<std::size_t>(lane)];
    const StoredImage& image = store.noisy(sample.slot);
    if (image.type == PixelType::none) continue;
    const Crop crop(image.shape, sample, shape_);
    for (int y = rows.first; y < rows.end(); ++y) gather_row(image, store.bytes(), crop, y, input, lane, lanes);
  }
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

void check_crop(const CpuImageStore& store, const Sample& sample, const Shape& shape) {
  if (sample.slot >= store.slots())
    throw UsageError(fmt::format("a sample of slot {}: the image store has {} slots", sample.slot, store.slots()));
  const StoredImage& image = store.clean(sample.slot);
  if (image.type == PixelType::none)
    throw UsageError(fmt::format("a sample of slot {}: no image was put there", sample.slot));
  if (image.shape.c != shape.c)
    throw UsageError(fmt::format("a sample of slot {}: its image has {} channels, the model reads {}", sample.slot,
                                 image.shape.c, shape.c));
  const bool transpose = sample.orientation & 4;
  const int height = transpose ? shape.w : shape.h, width = transpose ? shape.h : shape.w;
  if (sample.orientation > 7 || sample.y + height > image.shape.h || sample.x + width > image.shape.w)
    throw UsageError(
        fmt::format("a sample of slot {}: the crop of {}x{} at row {}, column {} does not lie in its {} image",
                    sample.slot, height, width, sample.y, sample.x, to_string(image.shape)));
}

}  // namespace dae::cpu
