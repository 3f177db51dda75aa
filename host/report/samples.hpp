#pragma once

#include <span>
#include <vector>

#include "host/images/formats.hpp"

namespace dae {

/// A picture of small images in a grid, enlarged (nearest neighbour) so that each is about 112 pixels high, with gaps
/// between them. Each row holds the same number of images of shape.sample_size() floats in [0, 1], one after the other;
/// values beyond are clipped. One channel makes a grey picture, three a colour one; of any other number the first is
/// shown. Throws UsageError when there is no image or rows differ in length.
Picture sample_grid(std::span<const std::vector<float>> rows, const Shape& shape);

}  // namespace dae
