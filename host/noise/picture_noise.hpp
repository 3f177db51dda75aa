#pragma once

#include "host/images/picture.hpp"
#include "host/noise/noise.hpp"

namespace dae {

/// Adds noise to a picture's colours, not to its transparency; `id` is the noise's.
void add_noise(Picture& picture, const NoiseRecipe& recipe, std::uint32_t id);

}  // namespace dae
