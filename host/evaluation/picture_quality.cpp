#include "host/evaluation/picture_quality.hpp"

#include <fmt/format.h>

#include "dae/error.hpp"
#include "host/evaluation/metrics.hpp"
#include "host/graph/ssim.hpp"

namespace dae {

Colours colours_of(const Picture& picture) {
  const auto have = static_cast<std::size_t>(picture.shape.c), want = std::size_t{have >= 3 ? 3U : 1U};
  Colours colours{{1, picture.shape.h, picture.shape.w, static_cast<int>(want)}, {}};
  if (have == want) {
    colours.values = unit_pixels(picture.image());
    return colours;
  }
  colours.values.reserve(colours.shape.size());
  std::visit(
      [&](const auto& pixels) {
        for (std::size_t at = 0; at < pixels.size(); at += have)
          for (std::size_t k = 0; k < want; ++k) colours.values.push_back(unit_of(pixels[at + k]));
      },
      picture.pixels);
  return colours;
}

PictureQuality quality_of(const Colours& picture, const Colours& clean, std::string_view name) {
  if (picture.shape != clean.shape)
    throw InputError(
        fmt::format("{}: is {}, the clean picture {}", name, to_string(picture.shape), to_string(clean.shape)));
  return {psnr_of(mean_squared_error(picture.values, clean.values)), ssim(picture.values, clean.values, clean.shape)};
}

}  // namespace dae
