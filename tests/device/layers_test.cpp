#include <algorithm>
#include <iterator>
#include <type_traits>

#include "tests/support/catch.hpp"
#include "tests/support/devices.hpp"
#include "tests/support/gradient_check.hpp"
#include "tests/support/graphs.hpp"
#include "tests/support/layer_cases.hpp"

using namespace dae;
using fixture::Case;
using fixture::chain;

TEST_CASE("every layer agrees with the naive network and its differences", "[device][gradient]") {
  const auto devices = test::test_devices();
  for (const Case& each : test::layer_cases()) {
    const test::GradientCheck check(each.graph, each.shape);
    for (const auto& [name, device] : devices) {
      INFO(each.name << ": " << name);
      check.run(*device);
    }
  }
}

TEST_CASE("every alternative of Op has a row in the table of gradient checks", "[gradient]") {
  std::vector<Case> rows = test::layer_cases();
  std::ranges::move(test::branching_cases(), std::back_inserter(rows));
  std::vector<bool> found(std::variant_size_v<Op>, false);
  for (const Case& row : rows)
    for (const Node& node : row.graph.nodes) found[node.op.index()] = true;
  [&]<class... Each>(std::type_identity<std::variant<Each...>>) {
    const auto look = [&](const Op& op) {
      INFO(type_name(op) << ": add a row to tests/support/layer_cases.cpp");
      CHECK(found[op.index()]);
    };
    (look(Each{}), ...);
  }(std::type_identity<Op>{});
}

TEST_CASE("a graph may branch and join", "[device][gradient]") {
  const auto devices = test::test_devices();
  for (const Case& each : test::branching_cases()) {
    const test::GradientCheck check(each.graph, each.shape);
    for (const auto& [name, device] : devices) {
      INFO(each.name << ": " << name);
      check.run(*device);
    }
  }
}

TEST_CASE("any batch size gives the gradient of all its images", "[device][gradient]") {
  const auto devices = test::test_devices();
  const Graph graph = chain(Conv2d{3}, ReLU{}, MaxPool2d{2}, Flatten{}, Dense{5});
  for (const int batch : {1, 5, 15, 16, 17, 33, 70}) {
    const test::GradientCheck check(graph, {batch, 5, 4, 2});
    for (const auto& [name, device] : devices) {
      INFO("batch " << batch << ": " << name);
      check.run(*device);
    }
  }
}

TEST_CASE("the presets agree with the naive network", "[device][gradient]") {
  const auto devices = test::test_devices();
  for (const auto preset_name : preset_names()) {
    const Graph graph = preset(preset_name);
    const bool digits = preset_name.ends_with("-dae") || preset_name.starts_with("conv-");
    // The naive network's convolutions of 64 channels in double take their time.
    const Shape shape = digits ? Shape{2, 28, 28, 1} : Shape{2, 4, 8, preset_channels(preset_name)};
    const test::GradientCheck check(graph, shape);
    for (const auto& [name, device] : devices) {
      INFO(preset_name << ": " << name);
      check.run(*device);
    }
  }
}
