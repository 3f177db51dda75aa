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

/// What there is to know of a picture's colours before and after.
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
  if (channels_ != 1 && channels_ != 3)
    throw ShapeError(fmt::format("model {} takes {} channels; pictures have 1 or 3", checkpoint.graph.name, channels_));
  const int side = usual_side(checkpoint);
  check_denoiser(checkpoint.graph, side > 0 ? Shape{1, side, side, channels_} : checkpoint.sample);
}

std::vector<Denoised> PhotoDenoiser::operator()(std::span<const Picture* const> pictures, const Watch& watch) {
  std::vector<Denoised> results;
  for (const Picture* picture : pictures) results.push_back({*picture, {}});
  // A colour picture is three images for a grey network.
  const auto parts_of = [&](const Picture& picture) {
    return channels_ == 1 && picture.shape.c >= 3 ? std::size_t{3} : std::size_t{1};
  };
  std::deque<std::vector<float>> sums;
  std::vector<bool> finite(pictures.size(), true);
  const int rounds = options_.tta ? 8 : 1;
  for (Orientation orientation = 0; orientation < rounds; ++orientation) {
    std::deque<PictureView> views;
    std::vector<WindowedImage*> images;
    std::vector<std::size_t> picture_of;
    for (std::size_t i = 0; i < pictures.size(); ++i)
      for (std::size_t part = 0; part < parts_of(*pictures[i]); ++part) {
        const Shape& shape = pictures[i]->shape;
        const std::size_t number = views.size();
        if (options_.tta && orientation == 0) sums.emplace_back(Shape{1, shape.h, shape.w, channels_}.sample_size());
        PictureView& view = views.emplace_back(*pictures[i], results[i].picture,
                                               PictureView::Options{part, channels_, options_.strength, orientation},
                                               options_.tta ? &sums[number] : nullptr);
        images.push_back(&view);
        picture_of.push_back(i);
      }
    const Watch watch_round = [&](double part) { return watch((orientation + part) / rounds); };
    if (!network_(images, watch ? watch_round : Watch())) return {};
    for (std::size_t v = 0; v < views.size(); ++v) {
      if (options_.tta && orientation == 7) views[v].write_mean();
      finite[picture_of[v]] = finite[picture_of[v]] && views[v].finite();
    }
  }
  for (std::size_t i = 0; i < pictures.size(); ++i)
    results[i].problem = problem_of(*pictures[i], results[i].picture, finite[i]);
  return results;
}

}  // namespace dae
