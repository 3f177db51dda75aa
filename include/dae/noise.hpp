#pragma once

#include <cstdint>
#include <variant>
#include <vector>

/// \file
/// The noise that clean images get. It is a pure function of (seed, stream, epoch, sample id, element), so it does not
/// depend on the batch, its order, the threads or the device.
///
/// Words come from Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011) with
/// key = (seed low, seed high) and counter = (element / 4, epoch, sample id, stream); element counts in h, w, c order
/// inside the sample. With the four words w of a counter and u(x) = (x + 0.5) 2^-32, Box-Muller gives the normals
/// n0 = r0 cos(2 pi u(w1)), n1 = r0 sin(2 pi u(w1)) with r0 = sqrt(-2 log u(w0)), and n2, n3 likewise from w2, w3.
namespace dae {

/// Additive white Gaussian noise: x + sigma n, in units of the image's range [0, 1]. Where `max` is above sigma, each
/// sample has a sigma of its own, sigma + (max - sigma) u(w0) with the words of element counter 2^32 - 1.
struct Gaussian {
  static constexpr auto name = "gaussian";
  float sigma = 0.5f, max = 0;
  friend bool operator==(const Gaussian&, const Gaussian&) = default;
};

/// Shot noise of a camera that counts `peak` photons where the image is 1: P / peak, P drawn from the Poisson
/// distribution of mean L = max(x, 0) peak. Below L = 30 by inversion with u(w[element mod 4]), else
/// max(round(L + sqrt(L) n), 0) with the normals of the four words, of element counter 2^29 + element / 4.
struct Poisson {
  static constexpr auto name = "poisson";
  float peak = 30;
  friend bool operator==(const Poisson&, const Poisson&) = default;
};

/// Pixels that are lost: 0 where u < density / 2, 1 where u < density, u = u(w[element mod 4]) of element counter
/// 2 2^29 + element / 4. Every channel is lost on its own.
struct SaltAndPepper {
  static constexpr auto name = "salt-pepper";
  float density = 0.05f;
  friend bool operator==(const SaltAndPepper&, const SaltAndPepper&) = default;
};

/// x + x sigma n, with the normals of element counter 3 2^29 + element / 4.
struct Speckle {
  static constexpr auto name = "speckle";
  float sigma = 0.1f;
  friend bool operator==(const Speckle&, const Speckle&) = default;
};

/// The image as a baseline JPEG file of that quality (1 to 100) keeps it: bit for bit what libjpeg's default integer
/// transform gives, and the same on every device. Where `max` is above quality, each sample has a quality of its own,
/// quality + floor(w1 (max - quality + 1) / 2^32), with the words of element counter 2^32 - 1.
///
/// The image is clipped to [0, 1] and becomes integers, floor(255 x + 0.5). Three channels become Y, Cb and Cr, of full
/// resolution (JFIF 1.02, in 16-bit fixed point); of any other number each is compressed as grey. Blocks of 8x8 start
/// at the sample's upper left corner; where its size is no multiple of 8 the last row and column are repeated. Each
/// block, less 128, is transformed along rows and then columns (Loeffler, Ligtenberg and Moschytz, "Practical fast 1-D
/// DCT algorithms with 11 multiplications", ICASSP 1989, with factors of 13 bits), divided by the quantisation table
/// rounding halves away from 0, multiplied by it, transformed back along columns and then rows, and clipped to 0..255.
/// Tables are K.1 (grey and Y) and K.2 (Cb and Cr) of ITU-T T.81 times s / 100, rounded, at least 1 and at most 255,
/// s = 5000 / quality in whole numbers below 50, else 200 - 2 quality: libjpeg's scale. The result is that over 255.
/// host/noise/jpeg_noise.cpp is the reference.
struct Jpeg {
  static constexpr auto name = "jpeg";
  int quality = 40, max = 0;
  friend bool operator==(const Jpeg&, const Jpeg&) = default;
};

using NoisePart = std::variant<Gaussian, Poisson, SaltAndPepper, Speckle, Jpeg>;

/// The parts change the image one after the other, all Gaussian ones together in the place of the first, since they
/// draw the same words; then the result is clipped to [0, 1] where `clip` says so.
struct NoiseRecipe {
  std::vector<NoisePart> parts;
  bool clip = true;
  std::uint64_t seed = 1;
  friend bool operator==(const NoiseRecipe&, const NoiseRecipe&) = default;
};

/// True when all parts are Gaussian: devices draw such noise while they gather a batch.
bool only_gaussian(const NoiseRecipe&);

/// The strength of the recipe's Gaussian noise: the sum of all sigmas, of a range its middle. NoiseMap shows it to a
/// network that cannot know better.
float noise_level(const NoiseRecipe&);

/// The last counter word: streams that never meet.
enum class RngStream : std::uint8_t {
  train = 0,
  validation = 1,
  demonstration = 2,
  weights = 3,
  shuffle = 4,
  crop = 5
};

}  // namespace dae
