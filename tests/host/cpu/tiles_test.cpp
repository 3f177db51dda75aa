#include <cmath>

#include "catch.hpp"
#include "dae/error.hpp"
#include "host/cpu/device.hpp"
#include "host/cpu/networks.hpp"
#include "host/initial_weights.hpp"
#include "host/parity_graphs.hpp"

using namespace dae;
using fixture::chain;

/// \file
/// One image spread over the lanes of a block must give the bits that it gives in a lane of its own.
namespace {

struct Case {
  std::string name;
  Graph graph;
  Shape shape;
};

Graph skips() {
  Graph graph = chain(Conv2d{3}, ReLU{}, MaxPool2d{2}, Conv2d{9}, ReLU{}, Upsample2d{2});
  const int both = graph.append(Concat{}, {6, 2, 0});
  const int map = graph.append(NoiseMap{}, {both});
  const int wide = graph.append(Concat{}, {both, map});
  graph.append(Conv2d{10}, {wide});
  const int conv = graph.append(Conv2d{10});
  graph.append(Subtract{}, {conv, conv - 1});
  graph.append(Conv2d{2});
  return graph;
}

std::vector<Case> cases() {
  constexpr auto valid = Padding::valid;
  std::vector<Case> all{
      {"seams in both directions", chain(Conv2d{5}, ReLU{}, Conv2d{2}), {1, 21, 19, 2}},
      {"kernels of every size", chain(Conv2d{3, 1}, Conv2d{3, 2}, Conv2d{3, 4}, Conv2d{3, 5}), {1, 32, 40, 2}},
      {"valid padding", chain(Conv2d{9, 3, valid}, ReLU{}, Conv2d{9, 3, valid}, Conv2d{2, 5, valid}), {1, 33, 30, 2}},
      {"Winograd with edges beyond the image", chain(Conv2d{8}, ReLU{}, Conv2d{9}, ReLU{}, Conv2d{8}), {1, 29, 35, 8}},
      {"pools", chain(Conv2d{8}, ReLU{}, MaxPool2d{2}, Conv2d{8}, ReLU{}, MaxPool2d{2}, Conv2d{1}), {1, 32, 28, 8}},
      {"partial windows", chain(Conv2d{4}, ReLU{}, MaxPool2d{2}, Conv2d{9}, ReLU{}, MaxPool2d{3}), {1, 27, 29, 2}},
      {"partial windows of any sign", chain(Conv2d{4}, MaxPool2d{2}, Conv2d{9}, MaxPool2d{2}), {1, 27, 29, 2}},
      {"upsamplings",
       chain(Upsample2d{2}, Conv2d{13}, ReLU{}, Upsample2d{3}, Conv2d{2}, Upsample2d{2}),
       {1, 13, 17, 3}},
      {"phases", chain(Upsample2d{2}, Conv2d{8, 5}, ReLU{}, Upsample2d{2}, Conv2d{3, 5, valid}), {1, 14, 12, 8}},
      {"space to depth and back",
       chain(SpaceToDepth{2}, Conv2d{12}, ReLU{}, Conv2d{12}, DepthToSpace{2}),
       {1, 38, 26, 3}},
      {"a vector between images",
       chain(Conv2d{8}, Flatten{}, Dense{9}, Dense{512}, Reshape{16, 16, 2}, Conv2d{2}),
       {1, 16, 16, 8}},
      {"a column", chain(Conv2d{8}, ReLU{}, Conv2d{3}), {1, 50, 1, 2}},
      {"a row", chain(Conv2d{8}, ReLU{}, Conv2d{3, 5}), {1, 1, 50, 2}},
      {"an inner sigmoid", chain(Conv2d{3}, Sigmoid{}, Conv2d{2}), {1, 21, 14, 2}},
      {"skips", skips(), {1, 22, 30, 3}}};
  for (const auto preset_name : {"conv-dae-32", "conv-dae-16"})
    all.push_back({preset_name, preset(preset_name), {1, 28, 28, 1}});
  for (const auto preset_name : {"dncnn-small", "ffdnet-small", "unet-small"})
    all.push_back({preset_name, preset(preset_name), {1, 40, 48, 1}});
  return all;
}

}  // namespace

TEST_CASE("an image spread over the lanes gives the bits that it gives in one", "[cpu][tiles]") {
  constexpr std::size_t images = cpu::most_lanes;
  for (const Case& each : cases()) {
    Spec spec{.shape = each.shape.with_batch(images), .loss = Mse{}, .noise = {{Gaussian{0.2f}}}};
    const std::vector<float> weights = initial_weights(each.graph, each.shape, 7);
    const std::size_t size = each.shape.sample_size();
    std::vector<float> in(images * size);
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = std::sin(static_cast<float>(i * i % 9973));
    for (const cpu::Isa& isa : cpu::usable_isas()) {
      INFO(each.name << ", " << isa.name);
      const cpu::Networks networks(each.graph, spec, isa.kernels->lanes);
      REQUIRE(networks.images);
      CHECK(networks.tiles);
      const std::size_t out_size = networks.images->output_shape.sample_size();
      std::vector<float> together(images * out_size), alone(together.size()), only(together.size());
      const auto device = cpu::make_cpu_device({.threads = 1, .say = {}}, isa);
      const auto state = device->make_state(each.graph, each.shape);
      state->write(weights, {}, 0);
      const auto program = device->compile(each.graph, spec);
      program->predict(*state, in, together);
      spec.mode = Mode::predict;
      spec.shape.n = 1;
      const auto small = device->compile(each.graph, spec);
      spec.mode = Mode::infer;
      spec.shape.n = images;
      for (std::size_t i = 0; i < images; ++i) {
        const auto one = std::span(in).subspan(i * size, size);
        program->predict(*state, one, std::span(alone).subspan(i * out_size, out_size));
        small->predict(*state, one, std::span(only).subspan(i * out_size, out_size));
      }
      CHECK(together == alone);
      CHECK(together == only);
    }
  }
}

TEST_CASE("a program for single images takes no memory for blocks", "[cpu][tiles]") {
  const auto device = make_cpu_device(DeviceOptions{.threads = 1, .say = {}});
  const Graph graph = preset("dncnn-small");
  Spec spec{.shape = {1, 128, 128, 1}, .loss = Mse{}};
  const std::size_t blocks = device->plan(graph, spec).activations;
  spec.mode = Mode::predict;
  // A block has 4 lanes at least; seams and rounding take some of the gain.
  CHECK(device->plan(graph, spec).activations < blocks / 3);
  const auto program = device->compile(graph, spec);
  const auto state = device->make_state(graph, spec.shape);
  CHECK_THROWS_AS(program->evaluate(*state), UsageError);
}
