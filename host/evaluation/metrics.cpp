#include "host/evaluation/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "dae/error.hpp"
#include "host/graph/ssim.hpp"

namespace dae {
namespace {

/// -t log p - (1 - t) log(1 - p), where 0 log 0 is 0.
double cross_entropy(double t, double p) {
  const double first = t > 0 ? t * std::log(p) : 0;
  const double second = t < 1 ? (1 - t) * std::log1p(-p) : 0;
  return -first - second;
}

}  // namespace

double mean_squared_error(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sum += difference * difference;
  }
  return sum / static_cast<double>(a.size());
}

double psnr_of(double mse) { return -10 * std::log10(std::max(mse, 1e-10)); }

double binary_cross_entropy(std::span<const float> prediction, std::span<const float> target) {
  double sum = 0;
  for (std::size_t i = 0; i < prediction.size(); ++i) {
    sum += cross_entropy(target[i], std::clamp(static_cast<double>(prediction[i]), 1e-7, 1 - 1e-7));
  }
  return sum / static_cast<double>(prediction.size());
}

double bce_floor(const ImageSet& set) {
  std::array<std::uint64_t, 256> count{};
  for (const std::uint8_t value : set.pixels) ++count[value];
  double sum = 0;
  for (std::size_t value = 0; value < count.size(); ++value) {
    const double t = static_cast<double>(value) / 255;
    sum += static_cast<double>(count[value]) * cross_entropy(t, t);
  }
  return set.pixels.empty() ? 0 : sum / static_cast<double>(set.pixels.size());
}

void QualityMeter::add(std::span<const float> result, std::span<const float> clean, const Shape& shape) {
  const double mse = mean_squared_error(result, clean);
  sum_.bce += binary_cross_entropy(result, clean);
  sum_.mse += mse;
  sum_.psnr += psnr_of(mse);
  sum_.ssim += ssim(result, clean, shape);
  ++images_;
}

Quality QualityMeter::mean() const {
  if (images_ == 0) return {};
  const auto n = static_cast<double>(images_);
  return {sum_.bce / n, sum_.mse / n, sum_.psnr / n, psnr_of(sum_.mse / n), sum_.ssim / n};
}

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
