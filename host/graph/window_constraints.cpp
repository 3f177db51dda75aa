#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "host/graph/layers/all.hpp"

namespace dae {
namespace {

/// Size of a node's output relative to the input: up / down in lowest terms.
struct Scale {
  int up = 1, down = 1;
  friend bool operator==(const Scale&, const Scale&) = default;
};

constexpr int largest_stride = 4096;

/// Pixels of a node's result that are computed together, in each direction. A convolution behind an upsampling may be
/// computed at low resolution.
int squares_of(const Graph& graph, const Node& node) {
  if (!std::holds_alternative<Conv2d>(node.op)) return 1;
  const auto* upsampling = std::get_if<Upsample2d>(&graph.nodes[static_cast<std::size_t>(node.inputs[0])].op);
  return WindowConstraints::square * (upsampling != nullptr ? upsampling->factor : 1);
}

}  // namespace

WindowConstraints window_constraints(const Graph& graph) {
  validate(graph);
  const auto refuse = [](const Node& node, std::string_view why) {
    WindowConstraints t;
    t.any_size = false;
    t.reason = fmt::format("layer '{}' ({}): {}", node.name, type_name(node.op), why);
    return t;
  };
  const auto reach_of = [](const Node& node) {
    return with_layer(node.op, [](const auto& op, auto layer) { return layer.reach(op); });
  };

  WindowConstraints result;
  std::vector<Scale> scales(graph.nodes.size());
  for (std::size_t i = 1; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const Reach reach = reach_of(node);
    if (!reach.one_size.empty()) return refuse(node, reach.one_size);
    const Scale in = scales[static_cast<std::size_t>(node.inputs[0])];
    for (const int other : node.inputs)
      if (scales[static_cast<std::size_t>(other)] != in) return refuse(node, "its inputs have different scales");
    const int common = std::gcd(in.up * reach.up, in.down * reach.down);
    scales[i] = {in.up * reach.up / common, in.down * reach.down / common};
    if (scales[i].down > largest_stride || scales[i].up > largest_stride)
      return refuse(node, "it is more than 4096 times smaller or larger than the input");
    // A pool that follows an enlargement starts on a whole input pixel only if the whole factor divides evenly, so
    // strides combine as the least common multiple of all reductions.
    result.stride = std::lcm(result.stride, scales[i].down);
    if (result.stride > largest_stride)
      return refuse(node, "tiles would have to be multiples of more than 4096 pixels");
  }
  if (scales.back() != Scale{}) return refuse(graph.nodes.back(), "the output is not of the input's size");

  // From the output back: how many positions beyond a tile's edge each node has to have right. Behind an upsampling
  // the edge lies between whole positions, so the need is rounded up.
  std::vector<int> need(graph.nodes.size(), 0), exact = need;
  for (std::size_t i = graph.nodes.size(); i-- > 1;) {
    const Node& node = graph.nodes[i];
    const Reach reach = reach_of(node);
    const auto before = [&](int after) { return ((after + reach.up - 1) / reach.up) * reach.down + reach.radius; };
    const int unit = squares_of(graph, node), whole = (exact[i] + unit - 1) / unit * unit;
    for (const int input : node.inputs) {
      const auto from = static_cast<std::size_t>(input);
      need[from] = std::max(need[from], before(need[i]));
      exact[from] = std::max(exact[from], before(whole));
    }
  }
  result.halo = need[0];
  result.exact_halo = exact[0];
  return result;
}

}  // namespace dae
