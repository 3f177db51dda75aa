#include "host/cpu/tile_input.hpp"

#include <algorithm>
#include <array>

#include "host/cpu/noise.hpp"
#include "host/cpu/spread.hpp"
#include "host/noise.hpp"

namespace dae::cpu {

TileInputWriter::TileInputWriter(const Network& network, const NoiseRecipe& recipe)
    : network_(network), recipe_(recipe), vector_(only_gaussian(recipe)), first_(most_lanes) {
  const Seams& seams = *network.input->seams;
  const Grid& grid = seams.grid();
  for (int image = 0; image < seams.images(); ++image)
    for (int tile = 0; tile < grid.down * grid.across; ++tile) {
      const int y = tile / grid.across * grid.height, x = tile % grid.across * grid.width;
      first_[static_cast<std::size_t>(image * seams.lanes_each() + tile)] =
          static_cast<std::uint32_t>((y * seams.image().w + x) * seams.image().c);
    }
}

void TileInputWriter::write(const Block& block, const ImagePool& pool, std::span<const Sample> samples) const {
  const Seams& seams = *network_.input->seams;
  const Shape& shape = seams.image();
  const Planes input = network_.input->data->in(block.arena), target = network_.target->in(block.arena);
  const std::span pixels(network_.pixels->in(block.arena).at, shape.sample_size());
  std::array<std::uint32_t, most_lanes> epoch{}, id{}, domain{};
  std::array<float, most_lanes> sigma{}, level{};
  const auto drawn = [&](const Sample& sample) { return pool.noisy(sample.slot).type == PixelType::none; };
  clear(block.kernels, input);
  clear(block.kernels, target);
  for (int i = 0; i < static_cast<int>(samples.size()); ++i) {
    const Sample& sample = samples[static_cast<std::size_t>(i)];
    const float strength = drawn(sample) ? gaussian_sigma(recipe_, sample.domain, sample.epoch, sample.id) : 0;
    const auto set = [&](auto& lanes, auto value) {
      std::fill_n(lanes.begin() + i * seams.lanes_each(), seams.lanes_each(), value);
    };
    set(epoch, sample.epoch);
    set(id, sample.id);
    set(domain, static_cast<std::uint32_t>(sample.domain));
    set(sigma, strength);
    set(level, drawn(sample) ? strength : noise_level(recipe_));
    read_crop(pool, pool.clean(sample.slot), sample, shape, pixels.data());
    write_image(block.kernels, pixels.data(), i, *network_.output->seams, target);
    write_image(block.kernels, pixels.data(), i, seams, input);
  }
  if (vector_)
    block.kernels.noise_of_tiles({.clean = input,
                                  .out = input,
                                  .seed = recipe_.seed,
                                  .lanes = {epoch.data(), id.data(), domain.data(), sigma.data()},
                                  .clip = recipe_.clip,
                                  .first = first_.data(),
                                  .sample_row = static_cast<std::uint32_t>(shape.w * shape.c)});
  for (int i = 0; i < static_cast<int>(samples.size()); ++i) {
    const Sample& sample = samples[static_cast<std::size_t>(i)];
    if (drawn(sample) && vector_) continue;
    read_crop(pool, drawn(sample) ? pool.clean(sample.slot) : pool.noisy(sample.slot), sample, shape, pixels.data());
    if (drawn(sample)) add_noise(pixels, shape, recipe_, sample.domain, sample.epoch, sample.id);
    write_image(block.kernels, pixels.data(), i, seams, input);
  }
  if (network_.levels != nullptr)
    std::ranges::copy_n(level.begin(), block.kernels.lanes, network_.levels->in(block.arena).at);
  network_.input->mend(block);
}

}  // namespace dae::cpu
