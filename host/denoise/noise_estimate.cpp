#include "host/denoise/noise_estimate.hpp"

#include <cmath>
#include <numbers>

namespace dae {

double estimated_noise(const Picture& picture) {
  const auto h = static_cast<std::size_t>(picture.shape.h), w = static_cast<std::size_t>(picture.shape.w);
  const auto c = static_cast<std::size_t>(picture.shape.c), colours = std::size_t{c >= 3 ? 3U : 1U};
  if (h < 3 || w < 3) return 0;
  return std::visit(
      [&]<class Pixel>(const std::vector<Pixel>& pixels) {
        const double range = std::is_integral_v<Pixel> ? static_cast<double>(Pixel(-1)) : 1.0;
        const auto at = [&](std::size_t y, std::size_t x, std::size_t k) {
          return static_cast<double>(pixels[(y * w + x) * c + k]);
        };
        double sum = 0;
        for (std::size_t y = 1; y + 1 < h; ++y)
          for (std::size_t x = 1; x + 1 < w; ++x)
            for (std::size_t k = 0; k < colours; ++k)
              sum += std::abs(at(y - 1, x - 1, k) - 2 * at(y - 1, x, k) + at(y - 1, x + 1, k) - 2 * at(y, x - 1, k) +
                              4 * at(y, x, k) - 2 * at(y, x + 1, k) + at(y + 1, x - 1, k) - 2 * at(y + 1, x, k) +
                              at(y + 1, x + 1, k));
        const auto count = static_cast<double>((h - 2) * (w - 2) * colours);
        return std::sqrt(std::numbers::pi / 2) * sum / (6 * count * range);
      },
      picture.pixels);
}

}  // namespace dae
