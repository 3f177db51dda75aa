#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dae/noise.hpp"

namespace dae {

/// Noise as people write it: parts joined by '+', each a kind and its strength, "gaussian:0.1", or "gaussian:0..0.2"
/// for a strength that every image draws for itself; a number alone is Gaussian, strengths may be quotients such as
/// 25/255, and "none" is no noise. host/noise/noise_kinds.hpp has the kinds. Throws UsageError naming the flag.
std::vector<NoisePart> parse_noise(std::string_view flag, std::string_view text);

/// An example of every kind, for help texts: "gaussian:0..0.2, poisson:30 (a peak) ...".
std::string noise_examples();

/// The same parts as text that parse_noise reads back.
std::string noise_text(const std::vector<NoisePart>& parts);

/// For people: "gaussian 0.1 + poisson 30, clipped".
std::string describe(const NoiseRecipe& recipe);

}  // namespace dae
