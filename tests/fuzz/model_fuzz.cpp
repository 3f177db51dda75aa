#include "dae/graph.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

void use(const dae::Graph& graph, const dae::Shape& sample) {
  try {
    const auto shapes = dae::infer_shapes(graph, sample);
    const auto parameters = dae::parameters(graph, sample);
    dae::warnings(graph, sample);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      std::vector<dae::Shape> inputs;
      for (const int input : graph.nodes[i].inputs) inputs.push_back(shapes[static_cast<std::size_t>(input)]);
      dae::multiply_adds(graph.nodes[i], inputs, shapes[i]);
    }
    require(parameters.empty() || dae::parameter_count(parameters) > 0);
  } catch (const dae::GraphError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz(data, size, [](std::string_view text) {
    const dae::Graph graph = dae::graph_from_json(text);
    dae::Graph back = dae::graph_from_json(dae::to_json(graph));
    require(back == graph);
    dae::window_constraints(graph);
    use(graph, {1, 28, 28, 1});
    use(graph, {2, 5, 70000, 3});
  });
}
