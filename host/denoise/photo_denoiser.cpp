#include "host/denoise/photo_denoiser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>

#include "dae/error.hpp"
#include "host/checkpoint/checkpoint.hpp"

namespace dae {
namespace {

constexpr int orientations = 8;

Shape shown_shape(const Picture& picture, const PictureView::Options& options) {
  const bool swap = (options.orientation & 4U) != 0;
  const Shape& shape = picture.shape;
  return {1, swap ? shape.w : shape.h, swap ? shape.h : shape.w, options.channels};
}

/// The channels of a picture that the network sees at once.
struct Part {
  std::size_t picture, first_channel;
  std::vector<float> sum;  ///< The answers to all orientations; empty without tta.
};

/// A colour picture is three parts for a grey network.
std::vector<Part> parts_of(std::span<const Picture* const> pictures, int channels, bool tta) {
  std::vector<Part> parts;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const Shape& shape = pictures[i]->shape;
    const std::size_t count = channels == 1 && shape.c >= 3 ? 3 : 1;
    const std::size_t size = tta ? Shape{1, shape.h, shape.w, channels}.sample_size() : 0;
    for (std::size_t channel = 0; channel < count; ++channel) parts.push_back({i, channel, std::vector<float>(size)});
  }
  return parts;
}

/// How a picture's colours are, to compare those before and after.
struct Content {
  bool finite = true, constant = true, black = true;
};

Content content_of(const Picture& picture) {
  const auto c = static_cast<std::size_t>(picture.shape.c), colours = std::size_t{c >= 3 ? 3U : 1U};
  Content content;
  std::visit(
      [&](const auto& values) {
        for (std::size_t p = 0; p < values.size(); p += c)
          for (std::size_t k = 0; k < colours; ++k) {
            const auto v = values[p + k];
            content.finite = content.finite && std::isfinite(static_cast<float>(v));
            content.constant = content.constant && v == values[k];
            content.black = content.black && !(v > 0);
          }
      },
      picture.pixels);
  return content;
}

std::string_view problem_of(const Picture& before, const Picture& after, bool finite) {
  if (!finite && !content_of(before).finite) return "the picture holds values that are no finite numbers";
  if (!finite) return "the network's answer holds values that are no finite numbers";
  const Content result = content_of(after);
  if (result.black && !content_of(before).black) return "the network's answer is black";
  if (result.constant && !content_of(before).constant) return "the network's answer is one value everywhere";
  return {};
}

int usual_side(const Checkpoint& checkpoint) {
  const WindowConstraints constraints = dae::window_constraints(checkpoint.graph);
  return constraints.any_size ? 4 * WindowRule(constraints).step : 0;
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

PhotoDenoiser::PhotoDenoiser(Device& device, const Checkpoint& checkpoint, const DenoiserOptions& options)
    : channels_(checkpoint.sample.c),
      options_(options),
      network_(device, checkpoint, checkpoint.noise, options.windows) {
  const int side = usual_side(checkpoint);
  check_denoiser(checkpoint.graph, side > 0 ? Shape{1, side, side, channels_} : checkpoint.sample);
}

std::vector<Denoised> PhotoDenoiser::operator()(std::span<const Picture* const> pictures, const Watch& watch) {
  std::vector<Denoised> results;
  for (const Picture* picture : pictures) results.push_back({*picture, {}});
  std::vector<Part> parts = parts_of(pictures, channels_, options_.tta);
  const int rounds = options_.tta ? orientations : 1;
  for (Orientation orientation = 0; orientation < rounds; ++orientation) {
    std::deque<PictureView> views;
    std::vector<WindowedImage*> images;
    for (Part& part : parts)
      images.push_back(
          &views.emplace_back(*pictures[part.picture], results[part.picture].picture,
                              PictureView::Options{part.first_channel, channels_, options_.strength, orientation},
                              options_.tta ? &part.sum : nullptr));
    const Watch watch_round = [&](double part) { return watch((orientation + part) / rounds); };
    if (!network_(images, watch ? watch_round : Watch())) return {};
    for (std::size_t v = 0; v < views.size(); ++v) {
      if (options_.tta && orientation + 1 == rounds) views[v].write_mean();
      bool& finite = results[parts[v].picture].finite;
      finite = finite && views[v].finite();
    }
  }
  for (std::size_t i = 0; i < pictures.size(); ++i)
    results[i].problem = problem_of(*pictures[i], results[i].picture, results[i].finite);
  return results;
}

}  // namespace dae
