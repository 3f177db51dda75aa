#pragma once

#include "host/images/picture.hpp"

namespace dae {

/// Standard deviation of the noise in a picture's colours, in units of the range [0, 1], after Immerkaer, "Fast noise
/// variance estimation" (CVIU 1996): the mean answer to a mask that is blind to planes. Edges count as noise, so it is
/// too high for detailed pictures. 0 for pictures of fewer than 3 rows or columns.
double estimated_noise(const Picture& picture);

}  // namespace dae
