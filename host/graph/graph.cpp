#include "dae/graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "host/graph/layers/all.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

constexpr std::size_t most_elements = (std::size_t{1} << 31) - 1;  // of one sample, so that indices fit an int
constexpr int largest_extent = 1 << 24;  // times any factor, window or number of inputs, it still fits an int

/// Runs f and puts the layer's name and type before the message of whatever it throws.
template <class F>
auto naming(const Node& node, F&& f) {
  const auto named = [&](const std::exception& e) {
    return fmt::format("layer '{}' ({}): {}", node.name, type_name(node.op), e.what());
  };
  try {
    return f();
  } catch (const ShapeError& e) {
    throw ShapeError(named(e));
  } catch (const GraphError& e) {
    throw GraphError(named(e));
  }
}

bool good_name(std::string_view name) {
  constexpr std::string_view extra = "_-/";
  return !name.empty() && name.size() <= 200 && std::ranges::all_of(name, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || extra.find(c) != extra.npos;
  });
}

bool too_large(const Shape& s) {
  return s.h > largest_extent || s.w > largest_extent || s.c > largest_extent ||
         double(s.h) * double(s.w) * double(s.c) > double(most_elements);
}

std::vector<Shape> input_shapes(const Node& node, std::span<const Shape> shapes) {
  std::vector<Shape> in;
  for (const int i : node.inputs) in.push_back(shapes[static_cast<std::size_t>(i)]);
  return in;
}

/// Checks node number `i` alone: its inputs and its options.
void check_node(const Node& node, std::size_t i) {
  with_layer(node.op, [&]<class T, class L>(const T& op, L) {
    if (i > 0 && std::is_same_v<T, Input>) throw GraphError("only the first layer can be an Input");
    const int count = static_cast<int>(node.inputs.size());
    if (count < L::least_inputs || count > L::most_inputs)
      throw GraphError(fmt::format("has {} inputs, must have {}", count,
                                   L::least_inputs == L::most_inputs
                                       ? fmt::format("{}", L::least_inputs)
                                       : fmt::format("{} to {}", L::least_inputs, L::most_inputs)));
    L::check(op);
  });
  for (const int input : node.inputs)
    if (input < 0 || input >= static_cast<int>(i))
      throw GraphError(fmt::format("reads layer {}, which is not before it", input));
}

}  // namespace

std::string to_string(const Shape& s) { return fmt::format("{}x{}x{}", s.h, s.w, s.c); }

std::string_view type_name(const Op& op) {
  return with_layer(op, [](const auto&, auto layer) { return layer.type; });
}

std::string default_name(const Graph& graph, const Op& op) {
  const std::string_view stem = with_layer(op, [](const auto&, auto layer) { return layer.stem; });
  std::string name{stem};
  for (int i = 1; std::ranges::any_of(graph.nodes, [&](const Node& n) { return n.name == name; }); ++i)
    name = fmt::format("{}_{}", stem, i);
  return name;
}

int Graph::append(Op op) {
  std::vector<int> inputs;
  if (!nodes.empty()) inputs.push_back(static_cast<int>(nodes.size()) - 1);
  return append(std::move(op), std::move(inputs));
}

int Graph::append(Op op, std::vector<int> inputs) {
  std::string node_name = default_name(*this, op);
  nodes.push_back({std::move(node_name), std::move(op), std::move(inputs)});
  return static_cast<int>(nodes.size()) - 1;
}

void validate(const Graph& graph) {
  const auto& nodes = graph.nodes;
  if (nodes.empty() || !std::holds_alternative<Input>(nodes[0].op))
    throw GraphError("the first layer must be an Input");
  if (nodes.size() < 2) throw GraphError("the graph has no layer after its Input");
  if (nodes.size() > most_layers)
    throw GraphError(fmt::format("the graph has {} layers; at most {} are allowed", nodes.size(), most_layers));

  std::set<std::string_view> names;
  std::vector<bool> read(nodes.size(), false);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Node& node = nodes[i];
    if (!good_name(node.name))
      throw GraphError(
          fmt::format("layer {} has the name {}; use 1 to 200 letters, digits, '_', '-' or '/'", i, quote(node.name)));
    if (!names.insert(node.name).second)
      throw GraphError(fmt::format("two layers have the name '{}'; names must be unique", node.name));
    naming(node, [&] { check_node(node, i); });
    for (const int input : node.inputs) read[static_cast<std::size_t>(input)] = true;
  }
  for (std::size_t i = 0; i + 1 < nodes.size(); ++i)
    if (!read[i])
      throw GraphError(fmt::format("layer '{}' is read by no other; remove it or use its output", nodes[i].name));
}

std::vector<Shape> infer_shapes(const Graph& graph, const Shape& input) {
  validate(graph);
  if (input.n < 1 || input.h < 1 || input.w < 1 || input.c < 1)
    throw ShapeError(
        fmt::format("the input is {} with a batch of {}; every extent must be at least 1", to_string(input), input.n));
  if (too_large(input)) {
    throw ShapeError(fmt::format("the input is {}; at most {} elements and extents of {} are allowed", to_string(input),
                                 most_elements, largest_extent));
  }
  std::vector<Shape> shapes{input};
  for (std::size_t i = 1; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    shapes.push_back(naming(node, [&] {
      const std::vector<Shape> in = input_shapes(node, shapes);
      const Shape out = with_layer(node.op, [&]<class L>(const auto& op, L) { return L::output(op, in); });
      if (too_large(out))
        throw ShapeError(
            fmt::format("got {}, its output would be {}; at most {} elements and extents of {} are allowed",
                        to_string(in[0]), to_string(out), most_elements, largest_extent));
      return out;
    }));
  }
  return shapes;
}

std::vector<std::string> warnings(const Graph& graph, const Shape& input) {
  const std::vector<Shape> shapes = infer_shapes(graph, input);
  std::vector<std::string> found;
  for (const Node& node : graph.nodes) {
    if (node.inputs.empty()) continue;
    const auto first = static_cast<std::size_t>(node.inputs[0]);
    std::string why = with_layer(node.op, [&](const auto& op, auto layer) { return layer.idle(op, shapes[first]); });
    if (std::holds_alternative<ReLU>(node.op) && std::holds_alternative<ReLU>(graph.nodes[first].op))
      why = "its input is a ReLU already";
    if (!why.empty())
      found.push_back(fmt::format("layer '{}' ({}) changes nothing: {}", node.name, type_name(node.op), why));
  }
  return found;
}

std::vector<Parameter> parameters(const Graph& graph, const Shape& sample) {
  const std::vector<Shape> shapes = infer_shapes(graph, sample);
  std::vector<Parameter> all;
  std::size_t offset = 0;
  for (std::size_t i = 1; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const Shape& in = shapes[static_cast<std::size_t>(node.inputs[0])];
    for (Weight& w : with_layer(node.op, [&](const auto&op, auto layer) { return layer.weights(op, in); })) {
      std::size_t size = 1;
      for (const int d : w.dims) size *= static_cast<std::size_t>(d);
      if (size > most_elements || offset > most_elements)
        throw GraphError(
            fmt::format("layer '{}' has {} weights; at most {} are allowed in all", node.name, size, most_elements));
      all.push_back({fmt::format("{}.{}", node.name, w.name), std::move(w.dims), offset, size, static_cast<int>(i),
                     w.fan_in, w.fan_out});
      offset += size;
    }
  }
  return all;
}

std::size_t parameter_count(std::span<const Parameter> all) {
  return all.empty() ? 0 : all.back().offset + all.back().size;
}

std::uint64_t multiply_adds(const Node& node, std::span<const Shape> inputs, const Shape& output) {
  if (inputs.empty()) return 0;
  return with_layer(node.op, [&](const auto& op, auto layer) { return layer.multiply_adds(op, inputs[0], output); });
}

bool ends_in_sigmoid(const Graph& graph) {
  return !graph.nodes.empty() && std::holds_alternative<Sigmoid>(graph.nodes.back().op);
}

}  // namespace dae
