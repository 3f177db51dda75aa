#include "host/cpu/input/input_writer.hpp"

#include <algorithm>

#include "host/noise/noise.hpp"

namespace dae::cpu {

std::unique_ptr<InputWriter> make_input_writer(const Network& network, const Shape& sample, const NoiseRecipe& recipe) {
  if (network.input->halo) return std::make_unique<TileInputWriter>(network, recipe);
  return std::make_unique<LaneInputWriter>(sample, recipe, *network.input->data, *network.target, network.levels);
}

void LaneNoise::set(int first, int count, const Sample& sample, const NoiseRecipe& recipe, bool drawn, bool by_kernel) {
  const float strength = drawn ? gaussian_sigma(recipe, sample.rng_stream, sample.epoch, sample.id) : 0;
  const auto fill = [&](auto& lanes, auto value) { std::fill_n(lanes.begin() + first, count, value); };
  fill(epoch, sample.epoch);
  fill(id, sample.id);
  fill(rng_stream, static_cast<std::uint32_t>(sample.rng_stream));
  if (by_kernel) fill(sigma, strength);
  fill(level, drawn ? strength : noise_level(recipe));
}

}  // namespace dae::cpu
