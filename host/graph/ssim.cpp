#include "host/graph/ssim.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace dae {
namespace {

/// One channel plane of h x w values.
struct Plane {
  std::size_t h, w;
  std::vector<double> values;
};

/// Windowed means at every position where the window fits: rows first, then columns.
Plane filtered(const Plane& in, std::span<const double> window) {
  const std::size_t k = window.size();
  Plane rows{in.h, in.w - k + 1, std::vector<double>(in.h * (in.w - k + 1))};
  for (std::size_t y = 0; y < in.h; ++y) {
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t x = 0; x < rows.w; ++x) rows.values[y * rows.w + x] += window[i] * in.values[y * in.w + x + i];
    }
  }
  Plane out{in.h - k + 1, rows.w, std::vector<double>((in.h - k + 1) * rows.w)};
  for (std::size_t y = 0; y < out.h; ++y) {
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t x = 0; x < out.w; ++x) out.values[y * out.w + x] += window[i] * rows.values[(y + i) * out.w + x];
    }
  }
  return out;
}

Plane product(const Plane& a, const Plane& b) {
  Plane out = a;
  for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i] *= b.values[i];
  return out;
}

Plane channel(std::span<const float> image, const Shape& shape, std::size_t c) {
  Plane out{static_cast<std::size_t>(shape.h), static_cast<std::size_t>(shape.w), {}};
  out.values.reserve(out.h * out.w);
  for (std::size_t i = c; i < shape.sample_size(); i += static_cast<std::size_t>(shape.c))
    out.values.push_back(image[i]);
  return out;
}

}  // namespace

int ssim_side(const Shape& shape) {
  const int side = std::min({11, shape.h, shape.w});
  return side % 2 == 0 ? side - 1 : side;
}

std::vector<double> ssim_window(int side) {
  constexpr double sigma = 1.5;
  std::vector<double> weights;
  double sum = 0;
  for (int i = 0; i < side; ++i) {
    const double x = i - (side - 1) / 2.0;
    weights.push_back(std::exp(-x * x / (2 * sigma * sigma)));
    sum += weights.back();
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

double ssim(std::span<const float> a, std::span<const float> b, const Shape& shape) {
  const std::vector<double> window = ssim_window(ssim_side(shape));
  double sum = 0;
  std::size_t positions = 0;
  for (std::size_t c = 0; c < static_cast<std::size_t>(shape.c); ++c) {
    const Plane x = channel(a, shape, c), y = channel(b, shape, c);
    const Plane mean_x = filtered(x, window), mean_y = filtered(y, window);
    const Plane xx = filtered(product(x, x), window), yy = filtered(product(y, y), window),
                xy = filtered(product(x, y), window);
    positions += xy.values.size();
    for (std::size_t i = 0; i < xy.values.size(); ++i) {
      const double mx = mean_x.values[i], my = mean_y.values[i];
      const double variances = xx.values[i] - mx * mx + yy.values[i] - my * my;
      const double covariance = xy.values[i] - mx * my;
      sum += (2 * mx * my + ssim_c1) * (2 * covariance + ssim_c2) /
             ((mx * mx + my * my + ssim_c1) * (variances + ssim_c2));
    }
  }
  return sum / static_cast<double>(positions);
}

}  // namespace dae
