#include <fmt/format.h>

#include <string>

#include "tests/cusim/tests/cpu_reference.hpp"
#include "tests/support/graphs.hpp"

/// \file
/// Every layer at odd shapes, forward and backward, on the simulated device and on the CPU device.
namespace dae {
namespace {

using fixture::chain;
constexpr auto valid = Padding::valid;

struct Case {
  std::string name;
  Graph graph;
};

Graph joined(Op op) {
  Graph graph = chain(ReLU{});
  const int sigmoid = graph.append(Sigmoid{}, {0});
  graph.append(op, {1, sigmoid});
  return graph;
}

std::vector<Case> cases_for(const Shape& shape) {
  std::vector<Case> cases = {{"conv relu", chain(Conv2d{5}, ReLU{})},
                             {"conv of even size", chain(Conv2d{3, 4})},
                             {"pointwise conv", chain(Conv2d{17, 1}, ReLU{}, Conv2d{1, 5})},
                             {"pool 2", chain(MaxPool2d{2})},
                             {"pool 3", chain(MaxPool2d{3}, Conv2d{3})},
                             {"upsample", chain(Upsample2d{2}, Conv2d{2})},
                             {"dense", chain(Flatten{}, Dense{3}, ReLU{}, Dense{17})},
                             {"sigmoid", chain(Sigmoid{})},
                             {"add", joined(Add{})},
                             {"subtract", joined(Subtract{})},
                             {"concat", joined(Concat{})},
                             {"noise map", chain(Conv2d{3}, NoiseMap{}, Conv2d{2})},
                             {"depth to space", chain(Conv2d{12}, DepthToSpace{2}, SpaceToDepth{2})}};
  if (shape.h >= 3 && shape.w >= 3) cases.push_back({"valid conv", chain(Conv2d{3, 3, valid})});
  return cases;
}

void compare(const Graph& graph, const Shape& shape, Device& device, Device& reference) {
  const Spec spec{.shape = shape, .mode = Mode::train, .loss = Dot{}, .noise = {{Gaussian{0.25f}}}};
  const std::size_t weights = parameter_count(parameters(graph, shape));
  const Shape out = infer_shapes(graph, shape).back();
  const auto start = test::scattered(weights, 1), in = test::scattered(shape.size(), 2),
             target = test::scattered(out.size(), 3);
  struct Result {
    std::vector<float> output, d_weights, d_in;
  };
  const auto run = [&](Device& on) {
    const auto state = on.make_state(graph, shape);
    if (weights > 0) state->write(start, {}, 0);
    const auto program = on.compile(graph, spec);
    Result result{std::vector<float>(out.size()), std::vector<float>(weights), std::vector<float>(in.size())};
    program->predict(*state, in, result.output);
    program->gradient(*state, in, target, result.d_weights, result.d_in);
    return result;
  };
  const Result got = run(device), wanted = run(reference);
  // Sums of up to 34,000 terms near 1 in two orders: 6e-8 sqrt(34,000) is 1.1e-5 of the typical sum.
  constexpr double tolerance = 5e-5;
  test::require_close(got.output, wanted.output, tolerance);
  test::require_close(got.d_weights, wanted.d_weights, tolerance);
  test::require_close(got.d_in, wanted.d_in, tolerance);
}

}  // namespace

TEST_CASE("every layer agrees with the CPU device at odd shapes", "[cusim][gradient]") {
  const Shape shape = GENERATE(Shape{1, 1, 1, 1}, Shape{5, 1, 1, 17}, Shape{16, 3, 2, 5}, Shape{16, 1, 9, 3},
                               Shape{1, 33, 65, 3}, Shape{5, 17, 5, 17}, Shape{5, 33, 65, 1}, Shape{16, 7, 12, 1});
  const auto device = test::simulated_device();
  const auto reference = test::cpu_reference();
  for (const Case& each : cases_for(shape)) {
    INFO(each.name << " of " << to_string(shape));
    compare(each.graph, shape, *device, *reference);
  }
}

}  // namespace dae
