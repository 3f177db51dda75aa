#pragma once

#include <span>

#include "dae/shape.hpp"

namespace dae {

/// Structural similarity of two images of values in [0, 1] (Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment:
/// from error visibility to structural similarity", IEEE TIP 2004): Gaussian window of 11 x 11 with sigma 1.5,
/// K1 = 0.01, K2 = 0.03, mean over the positions where the window lies inside the image and over the channels.
/// The window of a smaller image is the largest odd number that fits its shorter side, with the same sigma.
/// Both spans hold shape.sample_size() floats in h, w, c order.
double ssim(std::span<const float> a, std::span<const float> b, const Shape& shape);

}  // namespace dae
