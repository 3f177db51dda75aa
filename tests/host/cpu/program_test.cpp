#include "dae/error.hpp"
#include "host/cpu/device.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/graphs.hpp"
#include "tests/support/small_training.hpp"

using namespace dae;
using namespace dae::test;

TEST_CASE("training gives the same bits on any number of threads and every time", "[cpu][program]") {
  const std::vector<NoiseRecipe> recipes = {{{Gaussian{0.1f, 0.5f}}, true, 9},
                                            {{Poisson{20}, Gaussian{0.1f}}, true, 9}};
  const SmallImages images(150, image_shape);
  for (const NoiseRecipe& recipe : recipes)
    for (const cpu::Isa& isa : cpu::usable_isas()) {
      const auto run = [&](int threads) {
        const auto device = cpu::make_cpu_device({.threads = threads, .say = {}}, isa);
        Spec spec = spec_of(70);  // 5, 9 or 18 blocks: some threads have one of their own, or all share
        spec.noise = recipe;
        return train(*device, spec, images, images.samples(), 2);
      };
      const Run one = run(1);
      for (const int threads : {1, 2, 5, 11}) {
        INFO(isa.name << ", noise " << &recipe - recipes.data() << ", " << threads << " threads");
        const Run other = run(threads);
        CHECK(same_bits(other.weights, one.weights));
        CHECK(same_bits(other.moments, one.moments));
        CHECK(same_bits(other.metrics.step_loss, one.metrics.step_loss));
        CHECK(other.metrics.loss == one.metrics.loss);
      }
    }
}

TEST_CASE("what a device cannot run is said in one line", "[cpu][program]") {
  const auto device = make_cpu_device(DeviceOptions{.threads = 1, .say = {}});
  Graph open_ended = small_graph();
  open_ended.nodes.pop_back();
  CHECK_THROWS_AS(device->compile(open_ended, spec_of(4)), GraphError);
  CHECK_NOTHROW(device->compile(open_ended, spec_of(4, Mse{})));
  Spec spec = spec_of(4);
  spec.computation.precision = Precision::bf16;
  CHECK_THROWS_AS(device->compile(small_graph(), spec), UsageError);
  spec = spec_of(4);
  spec.memory_limit = 1000;
  CHECK_THROWS_AS(device->compile(small_graph(), spec), MemoryError);
  CHECK_THROWS_AS(device->compile(small_graph(), spec_of(0)), Error);
  CHECK_THROWS_AS(make_cpu_device(DeviceOptions{.threads = -1, .say = {}}), UsageError);

  spec = spec_of(4);
  spec.mode = Mode::infer;
  const auto state = device->make_state(small_graph(), image_shape);
  const auto infer = device->compile(small_graph(), spec);
  CHECK_THROWS_AS(infer->train(*state, Adam{}), UsageError);
  std::vector<float> wrong(7);
  CHECK_THROWS_AS(infer->predict(*state, wrong, wrong), UsageError);
  CHECK_THROWS_AS(state->write(wrong, {}, 0), UsageError);
  const auto other = device->make_state(open_ended, {1, 6, 5, 3});
  CHECK_THROWS_AS(infer->evaluate(*other), UsageError);
}

TEST_CASE("a plan counts what a program takes", "[cpu][program]") {
  const auto one = make_cpu_device(DeviceOptions{.threads = 1, .say = {}});
  const auto two = make_cpu_device(DeviceOptions{.threads = 2, .say = {}});
  const Graph graph = small_graph();
  const MemoryPlan training = one->plan(graph, spec_of(64));
  CHECK(training.parameters == 4 * sizeof(float) * parameter_count(parameters(graph, image_shape)));
  CHECK(training.activations > 0);
  CHECK(training.workspace > 0);
  CHECK(training.available > training.activations);
  CHECK(two->plan(graph, spec_of(64)).activations == 2 * training.activations);
  Spec infer = spec_of(64);
  infer.mode = Mode::infer;
  CHECK(one->plan(graph, infer).activations < training.activations);
}

TEST_CASE("inference takes the memory of what is alive at once, however deep the network is", "[cpu][program]") {
  const auto device = make_cpu_device(DeviceOptions{.threads = 1, .say = {}});
  const auto taken = [&](int convolutions) {
    Graph graph = fixture::chain();
    for (int i = 0; i < convolutions; ++i) graph.append(Conv2d{8});
    graph.append(Concat{}, {1, convolutions});  // the first one's result lives to the end
    return device->plan(graph, {.shape = {16, 12, 12, 1}, .mode = Mode::infer, .loss = Mse{}}).activations;
  };
  CHECK(taken(20) == taken(5));
  CHECK(taken(5) > taken(2));
}
