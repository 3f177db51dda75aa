#include "host/tiled_network.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dae/error.hpp"
#include "host/loss.hpp"

namespace dae {
namespace {

/// Programs of different shapes that are kept: an image has at most four kinds of tiles.
constexpr std::size_t most_programs = 8;

}  // namespace

TiledNetwork::TiledNetwork(Device& device, const Checkpoint& checkpoint, const NoiseRecipe& noise, int side, int batch)
    : device_(device),
      graph_(checkpoint.graph),
      noise_(noise),
      rule_(tiling(graph_)),
      side_(std::max(side, 4 * rule_.overlap)),
      batch_(batch) {
  const Tiling tiling = dae::tiling(graph_);
  if (!tiling.any_size)
    throw GraphError(
        fmt::format("model {}: takes images of {} only: {}", graph_.name, to_string(checkpoint.sample), tiling.reason));
  state_ = device.make_state(graph_, checkpoint.sample);
  state_->write(checkpoint.weights, {}, checkpoint.step);
}

Program& TiledNetwork::program_for(int height, int width, int channels) {
  std::unique_ptr<Program>& program = programs_[{height, width}];
  if (program == nullptr) {
    if (programs_.size() > most_programs) {
      programs_.clear();
      return program_for(height, width, channels);
    }
    program = device_.compile(graph_, {.shape = {batch_, height, width, channels},
                                       .mode = Mode::predict,
                                       .loss = usual_loss(graph_),
                                       .noise = noise_});
  }
  return *program;
}

std::vector<float> TiledNetwork::operator()(std::span<const float> image, const Shape& shape) {
  if (image.size() != shape.sample_size())
    throw UsageError(fmt::format("got {} values for an image of {}", image.size(), to_string(shape)));
  std::map<std::pair<int, int>, std::vector<Window>> by_size;
  for (const Extent& y : cut(shape.h, side_, rule_))
    for (const Extent& x : cut(shape.w, side_, rule_)) by_size[{y.size, x.size}].push_back({y, x});

  std::vector<float> result(shape.sample_size()), in, out;
  for (const auto& [size, windows] : by_size) {
    Program& program = program_for(size.first, size.second, shape.c);
    const std::size_t each = Shape{1, size.first, size.second, shape.c}.sample_size();
    // A few blocks of images at a time, so that memory does not grow with the image.
    const auto at_once = static_cast<std::size_t>(4 * batch_);
    for (std::size_t first = 0; first < windows.size(); first += at_once) {
      const auto here = std::span(windows).subspan(first, std::min(at_once, windows.size() - first));
      in.resize(here.size() * each);
      out.resize(in.size());
      for (std::size_t i = 0; i < here.size(); ++i)
        read_window(image, shape, here[i], std::span(in).subspan(i * each, each));
      program.predict(*state_, in, out);
      for (std::size_t i = 0; i < here.size(); ++i)
        write_answer(std::span(out).subspan(i * each, each), here[i], shape, result);
    }
  }
  return result;
}

}  // namespace dae
