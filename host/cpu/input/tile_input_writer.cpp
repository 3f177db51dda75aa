#include "host/cpu/input/input_writer.hpp"

#include <algorithm>

#include "host/cpu/input/crop.hpp"
#include "host/cpu/stages/retile.hpp"
#include "host/noise/noise.hpp"

namespace dae::cpu {

TileInputWriter::TileInputWriter(const Network& network, const NoiseRecipe& recipe)
    : network_(network), recipe_(recipe), by_kernel_(only_gaussian(recipe)), first_(most_lanes) {
  const TileHalo& halo = *network.input->halo;
  const LaneTiling& tiling = halo.tiling();
  for (int image = 0; image < halo.images(); ++image)
    for (int tile = 0; tile < tiling.down * tiling.across; ++tile) {
      const int y = tile / tiling.across * tiling.height, x = tile % tiling.across * tiling.width;
      first_[static_cast<std::size_t>(image * halo.lanes_each() + tile)] =
          static_cast<std::uint32_t>((y * halo.image().w + x) * halo.image().c);
    }
}

void TileInputWriter::write(const Block& block, const CpuImageStore& store, std::span<const Sample> samples) const {
  if (block.member == 0) write_all(block.alone(), store, samples);
}

void TileInputWriter::write_all(const Block& block, const CpuImageStore& store, std::span<const Sample> samples) const {
  const TileHalo& halo = *network_.input->halo;
  const Shape& shape = halo.image();
  const Planes input = network_.input->data->in(block.arena), target = network_.target->in(block.arena);
  const std::span pixels(network_.pixels->in(block.arena).at, shape.sample_size());
  const auto drawn = [&](const Sample& sample) { return store.noisy(sample.slot).type == PixelType::none; };
  LaneNoise noise;
  clear(block.kernels, input);
  clear(block.kernels, target);
  for (int i = 0; const Sample& sample : samples) {
    noise.set(i * halo.lanes_each(), halo.lanes_each(), sample, recipe_, drawn(sample), true);
    read_crop(store, store.clean(sample.slot), sample, shape, pixels.data());
    write_image(block.kernels, pixels.data(), i, *network_.output->halo, target);
    write_image(block.kernels, pixels.data(), i, halo, input);
    ++i;
  }
  if (by_kernel_)
    block.kernels.noise_of_tiles({.clean = input,
                                  .out = input,
                                  .seed = recipe_.seed,
                                  .lanes = noise.lanes(),
                                  .clip = recipe_.clip,
                                  .first = first_.data(),
                                  .sample_row = static_cast<std::uint32_t>(shape.w * shape.c)});
  for (int i = 0; const Sample& sample : samples) {
    const int image = i++;
    if (drawn(sample) && by_kernel_) continue;
    read_crop(store, drawn(sample) ? store.clean(sample.slot) : store.noisy(sample.slot), sample, shape, pixels.data());
    if (drawn(sample)) add_noise(pixels, shape, recipe_, sample.rng_stream, sample.epoch, sample.id);
    write_image(block.kernels, pixels.data(), image, halo, input);
  }
  if (network_.levels != nullptr)
    std::ranges::copy_n(noise.level.begin(), block.kernels.lanes, network_.levels->in(block.arena).at);
  network_.input->exchange(block);
}

}  // namespace dae::cpu
