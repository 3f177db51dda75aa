#include <cmath>

#include "dae/error.hpp"
#include "host/cpu/device.hpp"
#include "host/cpu/network/networks.hpp"
#include "host/graph/initial_weights.hpp"
#include "tests/host/cpu/tile_cases.hpp"
#include "tests/support/catch.hpp"

using namespace dae;

/// \file
/// One image spread over the lanes of a block must give the bits that it gives in a lane of its own.
TEST_CASE("an image spread over the lanes gives the bits that it gives in one", "[cpu][tiles]") {
  constexpr std::size_t images = cpu::most_lanes;
  for (const test::tiles::Case& each : test::tiles::cases()) {
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
  // A block has 4 lanes at least; halo and rounding take some of the gain.
  CHECK(device->plan(graph, spec).activations < blocks / 3);
  const auto program = device->compile(graph, spec);
  const auto state = device->make_state(graph, spec.shape);
  CHECK_THROWS_AS(program->evaluate(*state), UsageError);
}
