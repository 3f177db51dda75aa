#pragma once

#include <cstdint>
#include <variant>
#include <vector>

/// \file
/// What is added to clean images. Noise is a pure function of (seed, domain, epoch, sample id, element), so it does not
/// depend on the batch, its order, the threads or the device.
///
/// Words come from Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011) with
/// key = (seed low, seed high) and counter = (element / 4, epoch, sample id, domain); element counts in h, w, c order
/// inside the sample. With the four words w of a counter and u(x) = (x + 0.5) 2^-32, Box-Muller gives the normals
/// n0 = r0 cos(2 pi u(w1)), n1 = r0 sin(2 pi u(w1)) with r0 = sqrt(-2 log u(w0)), and n2, n3 likewise from w2, w3.
namespace dae {

/// Additive white Gaussian noise: x + sigma n, in units of the image's range [0, 1]. Where `upto` is above sigma, each
/// sample has a sigma of its own, sigma + (upto - sigma) u(w0) with the words of element counter 2^32 - 1.
struct Gaussian {
  float sigma = 0.5f, upto = 0;
  friend bool operator==(const Gaussian&, const Gaussian&) = default;
};

using NoisePart = std::variant<Gaussian>;

/// Parts are added up; then the sum is clipped to [0, 1] where `clip` says so.
struct NoiseRecipe {
  std::vector<NoisePart> parts;
  bool clip = true;
  std::uint64_t seed = 1;
  friend bool operator==(const NoiseRecipe&, const NoiseRecipe&) = default;
};

/// The strength of the recipe's Gaussian noise: the sum of all sigmas, of a range its middle. What NoiseMap shows a
/// network that cannot know better.
float noise_level(const NoiseRecipe&);

/// The last counter word: streams that never meet.
enum class Domain : std::uint8_t { train = 0, validation = 1, demonstration = 2, weights = 3, shuffle = 4, crop = 5 };

}  // namespace dae
