#pragma once

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "dae/device.hpp"
#include "host/graph/initial_weights.hpp"
#include "tests/host/cpu/tile_cases.hpp"

/// \file
/// Graphs and sizes for training, and the gradients of one of them.
namespace dae::test::tiles {

inline std::vector<Case> trained_cases() {
  using fixture::chain;
  std::vector<Case> all = cases();
  for (const int kernel : {1, 2, 3, 4, 5})
    for (const auto padding : {Padding::same, Padding::valid}) {
      all.push_back({fmt::format("conv {} of one layer", kernel), chain(Conv2d{3, kernel, padding}), {1, 17, 18, 2}});
      all.push_back({fmt::format("upsampled conv {} of one layer", kernel),
                     chain(Upsample2d{2}, Conv2d{3, kernel, padding}),
                     {1, 9, 14, 2}});
    }
  all.push_back({"conv of many channels of one layer", chain(Conv2d{9}), {1, 28, 27, 8}});
  all.push_back({"pool of one layer", chain(MaxPool2d{2}), {1, 18, 22, 2}});
  all.push_back({"upsampling of one layer", chain(Upsample2d{3}), {1, 9, 11, 2}});
  all.push_back({"sigmoid of one layer", chain(Sigmoid{}), {1, 17, 16, 2}});
  all.push_back({"relu of one layer", chain(ReLU{}), {1, 17, 16, 2}});
  return all;
}

struct Gradient {
  double loss = 0;
  std::vector<float> weights, in;
};

/// Multiples of 2^-10, so that loss and input do not round.
inline std::vector<float> numbers(std::size_t count, int seed) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = std::round(1024 * std::sin(static_cast<float>(i * i % 9973 + static_cast<std::size_t>(seed)))) / 1024;
  return values;
}

inline Gradient gradient_of(Device& device, const Case& each, int compiled_for, int images) {
  const auto count = static_cast<std::size_t>(images);
  const std::size_t out_size = infer_shapes(each.graph, each.shape).back().sample_size();
  const auto state = device.make_state(each.graph, each.shape);
  const std::vector<float> weights = initial_weights(each.graph, each.shape, 7);
  state->write(weights, {}, 0);
  const auto program =
      device.compile(each.graph, {.shape = each.shape.with_batch(compiled_for), .mode = Mode::train, .loss = Mse{}});
  Gradient gradient{0, std::vector<float>(weights.size()), std::vector<float>(count * each.shape.sample_size())};
  gradient.loss = program->gradient(*state, numbers(gradient.in.size(), 1), numbers(count * out_size, 2),
                                    gradient.weights, gradient.in);
  return gradient;
}

}  // namespace dae::test::tiles
