#include "dae/error.hpp"
#include "host/graph/initial_weights.hpp"
#include "host/graph/loss.hpp"
#include "tests/cusim/tests/cpu_reference.hpp"
#include "tests/support/small_images.hpp"

/// \file
/// Whole training steps on the simulated device and on the CPU device.
namespace dae {
namespace {

/// The losses of some steps of a preset with noise, from the same start.
std::vector<float> losses(Device& device, const Graph& graph, const Spec& spec, int steps, const Adam& adam = {}) {
  const test::SmallImages images(3 * spec.shape.n - 1, spec.shape.with_batch(1));  // the last batch is short
  const auto store = images.store(device);
  const auto state = device.make_state(graph, spec.shape);
  state->write(initial_weights(graph, spec.shape, 7), {}, 0);
  const auto program = device.compile(graph, spec);
  for (int step = 0; step < steps;) {
    program->load(*store, images.samples());
    while (step < steps && program->train(*state, adam) > 0) ++step;
  }
  return program->take_metrics().step_loss;
}

Spec spec_of(const Graph& graph, const Shape& shape, Precision precision = Precision::fp32) {
  return {.shape = shape,
          .mode = Mode::train,
          .loss = usual_loss(graph),
          .noise = {{Gaussian{0.1f}}, true, 5},
          .computation = {.precision = precision}};
}

}  // namespace

TEST_CASE("twenty training steps of every preset have the CPU device's loss", "[cusim][train]") {
  const std::string name(
      GENERATE(from_range(std::vector<std::string_view>(preset_names().begin(), preset_names().end()))));
  CAPTURE(name);
  const Graph graph = preset(name);
  // Digits have one size. The photo networks take any: small ones, because their 64 channels take their time.
  const bool digits = name.ends_with("-dae") || name.starts_with("conv-");
  const Spec spec = spec_of(graph, digits ? Shape{4, 28, 28, 1} : Shape{2, 8, 8, preset_channels(name)});
  // Seventeen convolutions amplify a difference in the last bits with every step: 2e-4 after 18 at the usual rate.
  const Adam adam{.rate = digits ? 1e-3f : 1e-4f};
  const std::vector<float> got = losses(*test::simulated_device(), graph, spec, 20, adam);
  const std::vector<float> wanted = losses(*test::cpu_reference(), graph, spec, 20, adam);
  REQUIRE(got.size() == 20);
  for (std::size_t step = 0; step < 20; ++step) {
    CAPTURE(step);
    CHECK(std::abs(got[step] - wanted[step]) <= 1e-4f);
  }
}

TEST_CASE("TF32 and bf16 train to nearly the losses of fp32, and are not it", "[cusim][train]") {
  const Graph graph = preset("conv-dae-16");
  const Shape shape{4, 28, 28, 1};
  const auto device = test::simulated_device();
  const std::vector<float> exact = losses(*device, graph, spec_of(graph, shape), 10);
  // Inputs of products are rounded to 2^-11 and 2^-8 of their size, some hundred roundings in a row.
  for (const auto& [precision, tolerance] : {std::pair{Precision::tf32, 2e-3f}, std::pair{Precision::bf16, 2e-2f}}) {
    const std::vector<float> rounded = losses(*device, graph, spec_of(graph, shape, precision), 10);
    CHECK(rounded != exact);
    for (std::size_t step = 0; step < exact.size(); ++step)
      CHECK(std::abs(rounded[step] - exact[step]) <= tolerance * exact[step]);
  }
}

TEST_CASE("a set may train in any order that streams leave open", "[cusim][train]") {
  // Each test device draws an order of its own; twice the same run, deterministic, must give the same bits.
  const Graph graph = preset("conv-dae-16");
  Spec spec = spec_of(graph, {4, 28, 28, 1});
  spec.computation.deterministic = true;
  const auto device = test::simulated_device();
  CHECK(losses(*device, graph, spec, 6) == losses(*device, graph, spec, 6));
}

}  // namespace dae
