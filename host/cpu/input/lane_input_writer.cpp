#include "host/cpu/input/input_writer.hpp"

#include <algorithm>

#include "host/cpu/input/crop.hpp"
#include "host/noise/noise.hpp"

namespace dae::cpu {

LaneInputWriter::LaneInputWriter(const Shape& sample, const NoiseRecipe& recipe, const Tensor& input,
                                 const Tensor& target, const Tensor* levels)
    : shape_(sample),
      input_(input),
      target_(target),
      levels_(levels),
      recipe_(recipe),
      by_kernel_(only_gaussian(recipe)) {}

/// One sample's noise, drawn by the reference: for kinds that no kernel draws.
void LaneInputWriter::write_noise(const Sample& sample, int lane, int lanes, ConstPlanes clean, Planes noisy) const {
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

void LaneInputWriter::write_clean(const Block& block, const CpuImageStore& store, std::span<const Sample> samples,
                                  const Slice& rows) const {
  const Planes target = target_.in(block.arena);
  const int lanes = block.kernels.lanes;
  // Row by row, so that the row of all lanes stays in the cache while its lanes are filled.
  for (int y = rows.first; y < rows.end(); ++y)
    for (int lane = 0; lane < lanes; ++lane) {
      if (lane >= static_cast<int>(samples.size())) {
        zero_row(y, target, lane, lanes);
        continue;
      }
      const Sample& sample = samples[static_cast<std::size_t>(lane)];
      const StoredImage& image = store.clean(sample.slot);
      gather_row(image, store.bytes(), Crop(image.shape, sample, shape_), y, target, lane, lanes);
    }
}

void LaneInputWriter::write(const Block& block, const CpuImageStore& store, std::span<const Sample> samples) const {
  const int lanes = block.kernels.lanes, count = static_cast<int>(samples.size());
  const Planes target = target_.in(block.arena), input = with_clean_border(block, input_);
  const auto sample_of = [&](int lane) -> const Sample& { return samples[static_cast<std::size_t>(lane)]; };
  const auto drawn = [&](int lane) { return store.noisy(sample_of(lane).slot).type == PixelType::none; };
  LaneNoise noise;
  for (int lane = 0; lane < count; ++lane) noise.set(lane, 1, sample_of(lane), recipe_, drawn(lane), by_kernel_);
  if (levels_ != nullptr && block.member == 0)
    std::ranges::copy_n(noise.level.begin(), lanes, levels_->in(block.arena).at);
  const Slice rows = block.share(shape_.h);
  write_clean(block, store, samples, rows);
  block.kernels.noise({.clean = rows_of(target, rows),
                       .out = rows_of(input, rows),
                       .seed = recipe_.seed,
                       .lanes = noise.lanes(),
                       .clip = recipe_.clip,
                       .begin = static_cast<std::uint32_t>(rows.first * shape_.w * shape_.c)});
  if (!by_kernel_) {
    block.meet();
    const Slice mine = block.share(count);
    for (int lane = mine.first; lane < mine.end(); ++lane)
      if (drawn(lane)) write_noise(sample_of(lane), lane, lanes, target, input);
  }
  for (int lane = 0; lane < count; ++lane) {
    if (drawn(lane)) continue;
    const StoredImage& image = store.noisy(sample_of(lane).slot);
    const Crop crop(image.shape, sample_of(lane), shape_);
    for (int y = rows.first; y < rows.end(); ++y) gather_row(image, store.bytes(), crop, y, input, lane, lanes);
  }
}

}  // namespace dae::cpu
