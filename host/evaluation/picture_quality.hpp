#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "host/images/picture.hpp"

namespace dae {

/// The colours of a picture without its transparency, in units of the range [0, 1].
struct Colours {
  Shape shape;
  std::vector<float> values;
};
Colours colours_of(const Picture& picture);

/// How near a picture comes to a clean one; see host/evaluation/metrics.hpp and host/graph/ssim.hpp.
struct PictureQuality {
  double psnr = 0, ssim = 0;
};

/// Pictures may differ in depth, but not in size or in being grey or colour: throws InputError, calling the first one
/// `name`.
PictureQuality quality_of(const Colours& picture, const Colours& clean, std::string_view name);

}  // namespace dae
