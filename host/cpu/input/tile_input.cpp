#include "host/cpu/input/tile_input.hpp"

#include <algorithm>
#include <array>

#include "host/cpu/input/noise.hpp"
#include "host/cpu/stages/retile.hpp"
#include "host/noise/noise.hpp"

namespace dae::cpu {

TileInputWriter::TileInputWriter(const Network& network, const NoiseRecipe& recipe)
    : network_(network), recipe_(recipe), vector_(only_gaussian(recipe)), first_(most_lanes) {
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
  const TileHalo& halo = *network_.input->halo;
  const Shape& shape = halo.image();
  const Planes input = network_.input->data->in(block.arena), target = network_.target->in(block.arena);
  const std::span pixels(network_.pixels->in(block.arena).at, shape.sample_size());
  std::array<std::uint32_t, most_lanes> epoch{}, id{}, rng_stream{};
  std::array<float, most_lanes> sigma{}, level{};
  const auto drawn = [&](const Sample& sample) { return store.noisy(sample.slot).type == PixelType::none; };
  clear(block.kernels, input);
  clear(block.kernels, target);
  for (int i = 0; i < static_cast<int>(samples.size()); ++i) {
    const Sample& sample = samples[static_cast<std::size_t>(i)];
    const float strength = drawn(sample) ? gaussian_sigma(recipe_, sample.rng_stream, sample.epoch, sample.id) : 0;
    const auto set = [&](auto& lanes, auto value) {
      std::fill_n(lanes.begin() + i * halo.lanes_each(), halo.lanes_each(), value);
    };
    set(epoch, sample.epoch);
    set(id, sample.id);
    set(rng_stream, static_cast<std::uint32_t>(sample.rng_stream));
    set(sigma, strength);
    set(level, drawn(sample) ? strength : noise_level(recipe_));
    read_crop(store, store.clean(sample.slot), sample, shape, pixels.data());
    write_image(block.kernels, pixels.data(), i, *network_.output->halo, target);
    write_image(block.kernels, pixels.data(), i, halo, input);
  }
  if (vector_)
    block.kernels.noise_of_tiles({.clean = input,
                                  .out = input,
                                  .seed = recipe_.seed,
                                  .lanes = {epoch.data(), id.data(), rng_stream.data(), sigma.data()},
                                  .clip = recipe_.clip,
                                  .first = first_.data(),
                                  .sample_row = static_cast<std::uint32_t>(shape.w * shape.c)});
  for (int i = 0; i < static_cast<int>(samples.size()); ++i) {
    const Sample& sample = samples[static_cast<std::size_t>(i)];
    if (drawn(sample) && vector_) continue;
    read_crop(store, drawn(sample) ? store.clean(sample.slot) : store.noisy(sample.slot), sample, shape, pixels.data());
    if (drawn(sample)) add_noise(pixels, shape, recipe_, sample.rng_stream, sample.epoch, sample.id);
    write_image(block.kernels, pixels.data(), i, halo, input);
  }
  if (network_.levels != nullptr)
    std::ranges::copy_n(level.begin(), block.kernels.lanes, network_.levels->in(block.arena).at);
  network_.input->exchange(block);
}

}  // namespace dae::cpu
