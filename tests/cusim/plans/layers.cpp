#include "tests/cusim/plans/layers.hpp"

#include <algorithm>

namespace dae::plans {

std::vector<SingleLayer> single_layers(Part part, int batch) {
  std::vector<SingleLayer> layers;
  for (const std::string_view name : preset_names()) {
    const Graph whole = preset(name);
    const std::vector<Shape> shapes = infer_shapes(whole, {batch, 28, 28, preset_channels(name)});
    for (std::size_t i = 0; i < whole.nodes.size(); ++i) {
      const Node& node = whole.nodes[i];
      const bool wanted = part == Part::convolutions ? std::holds_alternative<Conv2d>(node.op)
                                                     : std::holds_alternative<MaxPool2d>(node.op);
      if (!wanted) continue;
      SingleLayer layer{std::string(name) + " " + node.name, {}, shapes[static_cast<std::size_t>(node.inputs[0])]};
      layer.graph.name = layer.name;
      layer.graph.append(Input{});
      layer.graph.append(node.op);
      // In the presets a ReLU is its convolution's only reader.
      if (i + 1 < whole.nodes.size() && std::holds_alternative<ReLU>(whole.nodes[i + 1].op)) layer.graph.append(ReLU{});
      const bool known = std::ranges::any_of(layers, [&](const SingleLayer& other) {
        return other.in == layer.in && other.graph.nodes == layer.graph.nodes;
      });
      if (!known) layers.push_back(std::move(layer));
    }
  }
  return layers;
}

}  // namespace dae::plans
