#pragma once

#include <span>
#include <vector>

#include "dae/shape.hpp"

namespace dae {

/// Structural similarity of two images of values in [0, 1] (Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment:
/// from error visibility to structural similarity", IEEE TIP 2004): Gaussian window of 11 x 11 with sigma 1.5,
/// K1 = 0.01, K2 = 0.03, mean over the positions where the window lies inside the image and over the channels.
/// The window of a smaller image is the largest odd number that fits its shorter side, with the same sigma.
/// Both spans hold shape.sample_size() floats in h, w, c order.
double ssim(std::span<const float> a, std::span<const float> b, const Shape& shape);

/// The window's side for images of this size.
int ssim_side(const Shape& shape);
/// The weights of a Gaussian window of that side, one dimension; their sum is 1.
std::vector<double> ssim_window(int side);
/// These keep quotients of flat regions apart from 0/0.
inline constexpr double ssim_c1 = 0.01 * 0.01, ssim_c2 = 0.03 * 0.03;

}  // namespace dae
