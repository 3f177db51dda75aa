#pragma once

#include <cmath>
#include <cstring>

#include "tests/support/small_images.hpp"

/// \file
/// Training a network of a hundred weights on tiny images, on any device.
namespace dae::test {

inline constexpr Shape image_shape{1, 6, 5, 2};

inline Graph small_graph() {
  Graph graph{"small", {}};
  graph.append(Input{});
  graph.append(Conv2d{3});
  graph.append(ReLU{});
  graph.append(Conv2d{2});
  graph.append(Sigmoid{});
  return graph;
}

inline std::vector<float> some_weights(const Graph& graph, const Shape& shape) {
  std::vector<float> weights(parameter_count(parameters(graph, shape)));
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = 0.3f * std::sin(static_cast<float>(i) * 1.7f);
  return weights;
}

inline Spec spec_of(int batch, Loss loss = Bce{}) {
  return {
      .shape = image_shape.with_batch(batch), .mode = Mode::train, .loss = loss, .noise = {{Gaussian{0.5f}}, true, 3}};
}

struct Run {
  std::vector<float> weights, moments;
  Metrics metrics;
  std::uint64_t step = 0;
};

inline Run train(Device& device, const Spec& spec, const SmallImages& images, std::span<const Sample> samples,
                 int passes = 1, float first_weight = 0.1f) {
  const Graph graph = small_graph();
  const auto store = images.store(device);
  const auto state = device.make_state(graph, spec.shape);
  std::vector<float> weights = some_weights(graph, spec.shape);
  weights[0] = first_weight;
  state->write(weights, {}, 0);
  const auto program = device.compile(graph, spec);
  for (int i = 0; i < passes; ++i) {
    program->load(*store, samples);
    while (program->train(*state, Adam{.rate = 0.01f}) > 0) {
    }
  }
  Run run{weights, std::vector<float>(2 * weights.size()), program->take_metrics(), state->step()};
  state->read(run.weights, run.moments);
  return run;
}

inline bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace dae::test
