#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dae/noise.hpp"

namespace dae {

/// Noise as people write it: parts joined by '+', each a kind and its strength, "gaussian:0.1", "gaussian:0..0.2" for a
/// strength that every image draws for itself, "poisson:30", "salt-pepper:0.05", "speckle:0.1", "jpeg:40",
/// "jpeg:10..80"; a number alone is Gaussian, strengths may be quotients such as 25/255, and "none" is no noise. Throws
/// UsageError naming the flag.
std::vector<NoisePart> parse_noise(std::string_view flag, std::string_view text);

/// The same parts as text that parse_noise reads back.
std::string noise_text(const std::vector<NoisePart>& parts);

/// For people: "gaussian 0.1 + poisson 30, clipped".
std::string describe(const NoiseRecipe& recipe);

}  // namespace dae
