#include "host/denoise/photo_denoiser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>

#include "dae/error.hpp"
#include "host/checkpoint/trained_network.hpp"
#include "host/denoise/picture_view.hpp"

namespace dae {
namespace {

constexpr int orientations = 8;

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
