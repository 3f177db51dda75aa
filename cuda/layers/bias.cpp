#include "cuda/kernels/bias.hpp"

#include <algorithm>

#include "cuda/layers/lowering.hpp"

namespace dae::cuda {
namespace {

/// Slices of the rows: enough to fill a large GPU, few enough that adding up their sums is nothing.
unsigned row_blocks(std::size_t rows, unsigned channels) {
  constexpr std::size_t kThreads = 256, kRowsEach = 4, kMost = 512;
  const std::size_t rows_at_once = std::max<std::size_t>(1, kThreads / std::max(1u, channels / 4));
  return static_cast<unsigned>(std::clamp<std::size_t>(rows / (kRowsEach * rows_at_once), 1, kMost));
}

}  // namespace

void lower_bias_gradient(LayerBuilder& layer, std::size_t rows, bool relu) {
  const auto channels = static_cast<unsigned>(layer.out_shape().c);
  const Element element = layer.element();
  const unsigned blocks = row_blocks(rows, channels);
  const BufferId dy = layer.out_gradient(), y = layer.out();
  const BufferId partials = layer.scratch(sizeof(float) * blocks * channels);
  layer.add_bias_partials({partials, blocks, channels, layer.bias().in_gradients});
  std::vector<BufferId> used = {dy, partials};
  if (relu) used.push_back(y);
  layer.backward(relu ? "backward relu and bias" : "backward bias", std::move(used), [=](const Frame& f) {
    bias_gradient(f.stream, f.at(dy), relu ? f.at(y) : nullptr, f.at<float>(partials), blocks, rows, channels, element);
  });
}

}  // namespace dae::cuda
