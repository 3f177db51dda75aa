#include "host/noise.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dae {

std::array<float, 4> normals(const Words& words) {
  std::array<float, 4> n;
  for (std::size_t pair = 0; pair < 4; pair += 2) {
    const double radius = std::sqrt(-2 * std::log(unit(words[pair])));
    const double angle = 2 * std::numbers::pi * unit(words[pair + 1]);
    n[pair] = static_cast<float>(radius * std::cos(angle));
    n[pair + 1] = static_cast<float>(radius * std::sin(angle));
  }
  return n;
}

float gaussian_sigma(const NoiseRecipe& recipe, Domain domain, std::uint32_t epoch, std::uint32_t id) {
  // Beyond the counters of any sample's elements.
  constexpr std::uint32_t counter = 0xFFFFFFFF;
  float sum = 0;
  for (const NoisePart& part : recipe.parts) {
    const auto& gaussian = std::get<Gaussian>(part);
    if (gaussian.upto > gaussian.sigma) {
      const double u = unit(random_words(recipe.seed, domain, epoch, id, counter)[0]);
      sum += static_cast<float>(double{gaussian.sigma} + (double{gaussian.upto} - double{gaussian.sigma}) * u);
    } else {
      sum += gaussian.sigma;
    }
  }
  return sum;
}

float noise_level(const NoiseRecipe& recipe) {
  float sum = 0;
  for (const NoisePart& part : recipe.parts) {
    const auto& gaussian = std::get<Gaussian>(part);
    sum += gaussian.upto > gaussian.sigma ? (gaussian.sigma + gaussian.upto) / 2 : gaussian.sigma;
  }
  return sum;
}

void add_noise(std::span<float> elements, const NoiseRecipe& recipe, Domain domain, std::uint32_t epoch,
               std::uint32_t id) {
  const float sigma = gaussian_sigma(recipe, domain, epoch, id);
  for (std::size_t i = 0; i < elements.size(); i += 4) {
    const auto n = normals(random_words(recipe.seed, domain, epoch, id, static_cast<std::uint32_t>(i / 4)));
    const auto group = elements.subspan(i, std::min<std::size_t>(4, elements.size() - i));
    for (std::size_t j = 0; j < group.size(); ++j) group[j] += sigma * n[j];
  }
  if (recipe.clip)
    for (float& x : elements) x = std::clamp(x, 0.0f, 1.0f);
}

}  // namespace dae
