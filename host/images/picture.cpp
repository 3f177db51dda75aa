#include "host/images/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "dae/error.hpp"

namespace dae {

Image Picture::image() const {
  Image result{shape, {}};
  std::visit([&](const auto& values) { result.pixels = std::span(values); }, pixels);
  return result;
}

void check_area(std::size_t width, std::size_t height, std::size_t limit, std::string_view name) {
  constexpr std::size_t longest = std::numeric_limits<int>::max();
  if (width == 0 || height == 0 || width > longest || height > longest)
    throw InputError(fmt::format("{} is damaged: it claims {} x {} pixels", name, width, height));
  if (width > limit / height)
    throw InputError(
        fmt::format("{} has {} x {} pixels, more than the limit of {}; raise it with --max-pixels where there is that "
                    "flag, if you trust the file",
                    name, width, height, limit));
}

void check_finite(const Picture& picture, std::string_view name) {
  const auto* values = std::get_if<std::vector<float>>(&picture.pixels);
  if (values != nullptr && !std::ranges::all_of(*values, [](float value) { return std::isfinite(value); }))
    throw InputError(fmt::format("{} holds values that are no finite numbers", name));
}

void check_picture(const Picture& picture) {
  const Shape& shape = picture.shape;
  const bool fits = shape.n == 1 && shape.h > 0 && shape.w > 0 && shape.c >= 1 && shape.c <= 4;
  const std::size_t size = std::visit([](const auto& pixels) { return pixels.size(); }, picture.pixels);
  if (!fits || size != shape.size()) throw UsageError("a picture's pixels do not fit its shape");
}

std::vector<float> unit_pixels(const Image& image) {
  return std::visit(
      [](const auto& pixels) {
        std::vector<float> out(pixels.size());
        std::transform(pixels.begin(), pixels.end(), out.begin(), [](auto pixel) { return unit_of(pixel); });
        return out;
      },
      image.pixels);
}

}  // namespace dae
