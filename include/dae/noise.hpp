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

/// Shot noise of a camera that counts `peak` photons where the image is 1: P / peak, P drawn from the Poisson
/// distribution of mean L = max(x, 0) peak. Below L = 30 by inversion with u(w[element mod 4]), else
/// max(round(L + sqrt(L) n), 0) with the normals of the four words, of element counter 2^29 + element / 4.
struct Poisson {
  float peak = 30;
  friend bool operator==(const Poisson&, const Poisson&) = default;
};

/// Pixels that are lost: 0 where u < density / 2, 1 where u < density, u = u(w[element mod 4]) of element counter
/// 2 2^29 + element / 4. Every channel is lost on its own.
struct SaltAndPepper {
  float density = 0.05f;
  friend bool operator==(const SaltAndPepper&, const SaltAndPepper&) = default;
};

/// x + x sigma n, with the normals of element counter 3 2^29 + element / 4.
struct Speckle {
  float sigma = 0.1f;
  friend bool operator==(const Speckle&, const Speckle&) = default;
};

using NoisePart = std::variant<Gaussian, Poisson, SaltAndPepper, Speckle>;

/// The parts change the image one after the other, all Gaussian ones together in the place of the first, since they
/// draw the same words; then the result is clipped to [0, 1] where `clip` says so.
struct NoiseRecipe {
  std::vector<NoisePart> parts;
  bool clip = true;
  std::uint64_t seed = 1;
  friend bool operator==(const NoiseRecipe&, const NoiseRecipe&) = default;
};

/// True when all parts are Gaussian, which every device draws. The CPU device draws all kinds.
bool only_gaussian(const NoiseRecipe&);

/// The strength of the recipe's Gaussian noise: the sum of all sigmas, of a range its middle. What NoiseMap shows a
/// network that cannot know better.
float noise_level(const NoiseRecipe&);

/// The last counter word: streams that never meet.
enum class Domain : std::uint8_t { train = 0, validation = 1, demonstration = 2, weights = 3, shuffle = 4, crop = 5 };

}  // namespace dae
