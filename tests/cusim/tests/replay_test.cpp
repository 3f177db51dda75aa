#include "tests/cusim/runtime.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/devices.hpp"
#include "tests/support/small_training.hpp"

/// \file
/// A replayed graph is the steps that were captured, and leaves nothing behind.
namespace dae::test {
namespace {

/// A program that has taken its first step, which captures, and then some more.
struct Steps {
  std::uint64_t launches = 0;  ///< Launches of graphs by the steps after the first.
  std::vector<float> weights;

  Steps(const Graph& graph, const Shape& shape, int steps, bool eager, Update update = Adam{}) {
    const auto device = test_devices().front().device;
    const SmallImages images(steps * shape.n, shape.with_batch(1));
    const auto store = images.store(*device);
    const auto state = device->make_state(graph, shape);
    weights = some_weights(graph, shape);
    state->write(weights, {}, 0);
    const auto program = device->compile(graph, {.shape = shape,
                                                 .mode = Mode::train,
                                                 .loss = Bce{},
                                                 .noise = {{Gaussian{0.5f}}, true, 3},
                                                 .computation = {.deterministic = true}});
    program->set_eager(eager);
    program->load(*store, images.samples());
    program->train(*state, update);
    state->read(weights, {});  // waits
    cusim::reset_counts();
    while (program->train(*state, update) > 0) {
    }
    const auto& calls = cusim::counts().calls;
    launches = calls.contains("cudaGraphLaunch") ? calls.at("cudaGraphLaunch") : 0;
    state->read(weights, {});
  }
};

}  // namespace

TEST_CASE("replayed steps equal eager steps bit for bit", "[cusim][replay]") {
  for (const char* name : {"conv-dae-16", "dense-dae"}) {
    CAPTURE(name);
    const Steps replayed(preset(name), {3, 28, 28, 1}, 4, false), eager(preset(name), {3, 28, 28, 1}, 4, true);
    CHECK(same_bits(replayed.weights, eager.weights));
    CHECK(replayed.launches == 3);
    CHECK(eager.launches == 0);
  }
  Update clipped = Adam{};
  clipped.clip_norm = 0.01f;
  const Steps replayed(small_graph(), image_shape.with_batch(3), 4, false, clipped);
  const Steps eager(small_graph(), image_shape.with_batch(3), 4, true, clipped);
  CHECK(same_bits(replayed.weights, eager.weights));
}

TEST_CASE("memory is given back and a step leaves nothing behind", "[cusim][replay]") {
  const auto before = cusim::live_objects();
  { const Steps steps(small_graph(), image_shape.with_batch(3), 3, false); }
  CHECK(cusim::live_objects() == before);
}

}  // namespace dae::test
