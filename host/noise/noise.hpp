#pragma once

#include <array>
#include <span>

#include "dae/noise.hpp"
#include "dae/shape.hpp"
#include "host/images/picture.hpp"
#include "host/noise/philox.hpp"

namespace dae {

/// Four standard normals of four words, by Box-Muller as dae/noise.hpp says, in double precision: the reference that
/// every device agrees with to 1e-5.
std::array<float, 4> normals(const Words&);

/// The standard deviation of a sample's Gaussian noise. Parts of the same kind draw the same words, so their strengths
/// add up.
float gaussian_sigma(const NoiseRecipe&, RngStream, std::uint32_t epoch, std::uint32_t id);

/// Adds a sample's noise to its elements (h, w, c order, range [0, 1]) and clips them where the recipe says so. The
/// shape's n does not matter.
void add_noise(std::span<float> elements, const Shape&, const NoiseRecipe&, RngStream, std::uint32_t epoch,
               std::uint32_t id);

/// Adds noise to a picture's colours, not to its transparency; `id` is the noise's.
void add_noise(Picture& picture, const NoiseRecipe& recipe, std::uint32_t id);

}  // namespace dae
