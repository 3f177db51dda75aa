#pragma once

#include <string_view>

#include "dae/noise.hpp"
#include "host/text/kinds.hpp"

namespace dae {

/// The one number that says how strong noise of a kind is.
template <class Kind, class Number>
struct Strength {
  std::string_view key;      ///< In JSON and messages.
  std::string_view example;  ///< As people write it behind the kind's name.
  Number least, most;
  Number most_typed;  ///< On a command line; files may hold more.
  Number Kind::*value;
  Number Kind::*max = nullptr;  ///< Where each sample may draw a strength of its own, up to this.
};

constexpr float largest_sigma = 1e6f;  // far beyond any image's range, and far from overflow
constexpr float largest_typed_sigma = 1000;

/// One for every kind of NoisePart: text and JSON are read and written by these.
constexpr Strength<Gaussian, float> strength_of(const Gaussian&) {
  return {"sigma", "0..0.2", 0, largest_sigma, largest_typed_sigma, &Gaussian::sigma, &Gaussian::max};
}
constexpr Strength<Poisson, float> strength_of(const Poisson&) {
  return {"peak", "30", 1e-3f, 1e6f, 1e6f, &Poisson::peak};
}
constexpr Strength<SaltAndPepper, float> strength_of(const SaltAndPepper&) {
  return {"density", "0.05", 0, 1, 1, &SaltAndPepper::density};
}
constexpr Strength<Speckle, float> strength_of(const Speckle&) {
  return {"sigma", "0.1", 0, largest_sigma, largest_typed_sigma, &Speckle::sigma};
}
constexpr Strength<Jpeg, int> strength_of(const Jpeg&) {
  return {"quality", "10..80", 1, 100, 100, &Jpeg::quality, &Jpeg::max};
}

}  // namespace dae
