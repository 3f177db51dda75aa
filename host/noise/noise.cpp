#include "host/noise/noise.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "host/noise/jpeg_noise.hpp"

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

float gaussian_sigma(const NoiseRecipe& recipe, RngStream rng_stream, std::uint32_t epoch, std::uint32_t id) {
  // Beyond the counters of any sample's elements.
  constexpr std::uint32_t counter = 0xFFFFFFFF;
  float sum = 0;
  for (const NoisePart& part : recipe.parts) {
    const auto* const found = std::get_if<Gaussian>(&part);
    if (found == nullptr) continue;
    const Gaussian& gaussian = *found;
    if (gaussian.max > gaussian.sigma) {
      const double u = unit(random_words(recipe.seed, rng_stream, epoch, id, counter)[0]);
      sum += static_cast<float>(double{gaussian.sigma} + (double{gaussian.max} - double{gaussian.sigma}) * u);
    } else {
      sum += gaussian.sigma;
    }
  }
  return sum;
}

float noise_level(const NoiseRecipe& recipe) {
  float sum = 0;
  for (const NoisePart& part : recipe.parts) {
    const auto* const found = std::get_if<Gaussian>(&part);
    if (found == nullptr) continue;
    const Gaussian& gaussian = *found;
    sum += gaussian.max > gaussian.sigma ? (gaussian.sigma + gaussian.max) / 2 : gaussian.sigma;
  }
  return sum;
}

bool only_gaussian(const NoiseRecipe& recipe) {
  return std::ranges::all_of(recipe.parts, [](const NoisePart& p) { return std::holds_alternative<Gaussian>(p); });
}

namespace {

/// The first count whose distribution function is above u, for a mean below 30.
float poisson_by_inversion(double mean, double u) {
  double probability = std::exp(-mean), sum = probability;
  int count = 0;
  // The tail beyond 200 has a probability below 1e-100.
  while (u > sum && count < 200) {
    ++count;
    probability *= mean / count;
    sum += probability;
  }
  return static_cast<float>(count);
}

/// Applies one part to the four elements that share a counter.
struct Draw {
  std::span<float> elements;
  Words words;

  void operator()(const Gaussian&) const {}  // has its own strength a sample
  void operator()(const Jpeg&) const {}      // needs the whole image
  void operator()(const Poisson& poisson) const {
    constexpr double largest_inverted = 30;
    const auto n = normals(words);
    for (std::size_t j = 0; j < elements.size(); ++j) {
      const double mean = std::max(0.0, double{elements[j]}) * double{poisson.peak};
      const double count = mean < largest_inverted ? double{poisson_by_inversion(mean, unit(words[j]))}
                                                   : std::max(0.0, std::round(mean + std::sqrt(mean) * double{n[j]}));
      elements[j] = static_cast<float>(count / double{poisson.peak});
    }
  }
  void operator()(const SaltAndPepper& lost) const {
    for (std::size_t j = 0; j < elements.size(); ++j) {
      const double u = unit(words[j]);
      if (u < double{lost.density}) elements[j] = u < double{lost.density} / 2 ? 0.0f : 1.0f;
    }
  }
  void operator()(const Speckle& speckle) const {
    const auto n = normals(words);
    for (std::size_t j = 0; j < elements.size(); ++j) elements[j] += elements[j] * speckle.sigma * n[j];
  }
};

}  // namespace

void add_noise(std::span<float> elements, const Shape& shape, const NoiseRecipe& recipe, RngStream rng_stream,
               std::uint32_t epoch, std::uint32_t id) {
  const float sigma = gaussian_sigma(recipe, rng_stream, epoch, id);
  bool gaussian_done = false;
  for (const NoisePart& part : recipe.parts) {
    const bool gaussian = std::holds_alternative<Gaussian>(part);
    if (gaussian && std::exchange(gaussian_done, true)) continue;
    if (const auto* const jpeg = std::get_if<Jpeg>(&part)) {
      compress_as_jpeg(elements, shape, jpeg_quality(*jpeg, recipe.seed, rng_stream, epoch, id));
      continue;
    }
    const auto stream = static_cast<std::uint32_t>(part.index()) << 29;
    for (std::size_t i = 0; i < elements.size(); i += 4) {
      const auto group = elements.subspan(i, std::min<std::size_t>(4, elements.size() - i));
      const Words words = random_words(recipe.seed, rng_stream, epoch, id, stream + static_cast<std::uint32_t>(i / 4));
      if (!gaussian) {
        std::visit(Draw{group, words}, part);
        continue;
      }
      const auto n = normals(words);
      for (std::size_t j = 0; j < group.size(); ++j) group[j] += sigma * n[j];
    }
  }
  if (recipe.clip)
    for (float& x : elements) x = std::clamp(x, 0.0f, 1.0f);
}

void add_noise(Picture& picture, const NoiseRecipe& recipe, std::uint32_t id) {
  const auto c = static_cast<std::size_t>(picture.shape.c), colours = std::size_t{c >= 3 ? 3U : 1U};
  const std::vector<float> all = unit_pixels(picture.image());
  std::vector<float> values;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (i % c < colours) values.push_back(all[i]);
  const Shape shape{1, picture.shape.h, picture.shape.w, static_cast<int>(colours)};
  add_noise(values, shape, recipe, RngStream::demonstration, 0, id);
  std::visit(
      [&]<class Pixel>(std::vector<Pixel>& pixels) {
        std::size_t next = 0;
        for (std::size_t i = 0; i < pixels.size(); ++i)
          if (i % c < colours) pixels[i] = pixel_of<Pixel>(values[next++]);
      },
      picture.pixels);
}

}  // namespace dae
