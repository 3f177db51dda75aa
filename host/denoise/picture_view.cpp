#include "host/denoise/picture_view.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace dae {
namespace {

constexpr int orientations = 8;

Shape shown_shape(const Picture& picture, const PictureView::Options& options) {
  const bool swap = (options.orientation & 4U) != 0;
  const Shape& shape = picture.shape;
  return {1, swap ? shape.w : shape.h, swap ? shape.h : shape.w, options.channels};
}

}  // namespace

PictureView::PictureView(const Picture& from, Picture& result, const Options& options, std::vector<float>* sums)
    : WindowedImage(shown_shape(from, options)),
      from_(from),
      result_(result),
      options_(options),
      sums_(sums),
      grey_(options.channels == 3 && from.shape.c < 3) {}

/// The picture's pixel that is shown at y, x.
std::size_t PictureView::place(int y, int x) const {
  if ((options_.orientation & 2U) != 0) y = shape().h - 1 - y;
  if ((options_.orientation & 1U) != 0) x = shape().w - 1 - x;
  if ((options_.orientation & 4U) != 0) std::swap(y, x);
  return static_cast<std::size_t>(y) * static_cast<std::size_t>(from_.shape.w) + static_cast<std::size_t>(x);
}

void PictureView::read(const Window& window, std::span<float> to) const {
  const auto c = static_cast<std::size_t>(from_.shape.c), net = static_cast<std::size_t>(options_.channels);
  float* next = to.data();
  std::visit(
      [&](const auto& pixels) {
        for (int y = window.y.first; y < window.y.first + window.y.size; ++y) {
          const int row = reflected(y, shape().h);
          for (int x = window.x.first; x < window.x.first + window.x.size; ++x) {
            const std::size_t at = place(row, reflected(x, shape().w)) * c + options_.first;
            for (std::size_t k = 0; k < net; ++k) *next++ = unit_of(pixels[at + (grey_ ? 0 : k)]);
          }
        }
      },
      from_.pixels);
}

/// The answer's values for the pixel whose first channel that is shown is `at`.
template <class Pixel>
void PictureView::store(const std::vector<Pixel>& before, std::size_t at, const float* answer) {
  const auto net = static_cast<std::size_t>(options_.channels);
  const std::array<float, 1> mean = {grey_ ? answer[0] / 3 + answer[1] / 3 + answer[2] / 3 : 0.0f};
  const std::span<const float> values = grey_ ? std::span<const float>(mean) : std::span(answer, net);
  auto& result = std::get<std::vector<Pixel>>(result_.pixels);
  for (const float value : values) {
    const float old = unit_of(before[at]);
    const float mixed = options_.strength == 1 ? value : old + options_.strength * (value - old);
    finite_ = finite_ && std::isfinite(mixed);
    result[at++] = pixel_of<Pixel>(mixed);
  }
}

void PictureView::write(std::span<const float> answer, const Window& window) {
  const auto c = static_cast<std::size_t>(from_.shape.c), net = static_cast<std::size_t>(options_.channels);
  std::visit(
      [&](const auto& pixels) {
        for (int y = window.y.used_first; y < window.y.used_first + window.y.used_size; ++y) {
          const std::ptrdiff_t row = std::ptrdiff_t{y - window.y.first} * window.x.size - window.x.first;
          for (int x = window.x.used_first; x < window.x.used_first + window.x.used_size; ++x) {
            const float* const here = answer.data() + (row + x) * options_.channels;
            const std::size_t at = place(y, x);
            if (sums_ == nullptr)
              store(pixels, at * c + options_.first, here);
            else
              for (std::size_t k = 0; k < net; ++k) (*sums_)[at * net + k] += here[k] / orientations;
          }
        }
      },
      from_.pixels);
}

void PictureView::write_mean() {
  const auto c = static_cast<std::size_t>(from_.shape.c), net = static_cast<std::size_t>(options_.channels);
  std::visit(
      [&](const auto& pixels) {
        for (std::size_t at = 0; at < pixels.size() / c; ++at)
          store(pixels, at * c + options_.first, sums_->data() + at * net);
      },
      from_.pixels);
}

}  // namespace dae
