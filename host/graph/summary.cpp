#include "host/graph/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "host/graph/layers/all.hpp"
#include "host/text/json_text.hpp"
#include "host/text/text.hpp"

namespace dae {
namespace {

using Row = std::array<std::string, 5>;

/// The activation that node i is printed with: its only reader, if that is a ReLU or Sigmoid. 0: none.
std::size_t folded_activation(const Graph& graph, std::size_t i) {
  std::size_t reader = 0;
  for (std::size_t j = i + 1; j < graph.nodes.size(); ++j) {
    const auto& inputs = graph.nodes[j].inputs;
    if (std::ranges::find(inputs, static_cast<int>(i)) == inputs.end()) continue;
    if (reader != 0) return 0;
    reader = j;
  }
  const Op& op = graph.nodes[reader].op;
  return std::holds_alternative<ReLU>(op) || std::holds_alternative<Sigmoid>(op) ? reader : 0;
}

std::size_t parameters_of(std::size_t node, const std::vector<Parameter>& all) {
  std::size_t own = 0;
  for (const Parameter& p : all)
    if (p.node == static_cast<int>(node)) own += p.size;
  return own;
}

/// The shapes that enter node i.
std::vector<Shape> inputs_of(const Graph& graph, std::size_t i, const std::vector<Shape>& shapes) {
  std::vector<Shape> in;
  for (const int j : graph.nodes[i].inputs) in.push_back(shapes[static_cast<std::size_t>(j)]);
  return in;
}

}  // namespace

std::string summary_table(const Graph& graph, const Shape& sample) {
  const std::vector<Shape> shapes = infer_shapes(graph, sample.with_batch(1));
  const std::vector<Parameter> weights = parameters(graph, sample);

  std::vector<Row> rows{{"Layer (type)", "Output shape", "Params", "Multiply-adds", "Activations"}};
  std::vector<bool> printed(graph.nodes.size(), false);
  std::uint64_t all_multiply_adds = 0, all_bytes = 0;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const Shape& out = shapes[i];
    const std::size_t own = parameters_of(i, weights);
    const std::uint64_t cost = multiply_adds(node, inputs_of(graph, i, shapes), out);
    const std::uint64_t bytes = out.sample_size() * sizeof(float);
    all_multiply_adds += cost;
    all_bytes += bytes;
    if (printed[i]) continue;

    std::string type{with_layer(node.op, [](const auto&, auto layer) { return layer.keras; })};
    if (own > 0)
      if (const std::size_t activation = folded_activation(graph, i); activation != 0) {
        printed[activation] = true;
        type += std::holds_alternative<ReLU>(graph.nodes[activation].op) ? ", relu" : ", sigmoid";
      }
    const std::string shape = out.h == 1 && out.w == 1 ? fmt::format("(None, {})", out.c)
                                                       : fmt::format("(None, {}, {}, {})", out.h, out.w, out.c);
    rows.push_back(
        {fmt::format("{} ({})", node.name, type), shape, with_commas(own), with_commas(cost), format_bytes(bytes)});
  }

  std::array<std::size_t, 5> width{};
  for (const Row& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c) width[c] = std::max(width[c], row[c].size());
  const auto print = [&](const Row& row) {
    return fmt::format("{:<{}}  {:<{}}  {:>{}}  {:>{}}  {:>{}}\n", row[0], width[0], row[1], width[1], row[2], width[2],
                       row[3], width[3], row[4], width[4]);
  };
  const std::size_t total_width = width[0] + width[1] + width[2] + width[3] + width[4] + 8;

  std::string text =
      fmt::format("Model: {}, input {}\n", graph.name.empty() ? "unnamed" : graph.name, to_string(sample));
  text += print(rows[0]) + std::string(total_width, '-') + '\n';
  for (std::size_t r = 1; r < rows.size(); ++r) text += print(rows[r]);
  text += std::string(total_width, '-') + '\n';
  const std::size_t count = parameter_count(weights);
  text += fmt::format("Parameters: {} ({}), all trainable\n", with_commas(count), format_bytes(count * sizeof(float)));
  text += fmt::format("One image forward: {} multiply-adds, {} of activations\n", with_commas(all_multiply_adds),
                      format_bytes(all_bytes));
  for (const std::string& warning : warnings(graph, sample)) text += fmt::format("Note: {}\n", warning);
  return text;
}

std::string summary_json(const Graph& graph, const Shape& sample) {
  const std::vector<Shape> shapes = infer_shapes(graph, sample.with_batch(1));
  const std::vector<Parameter> weights = parameters(graph, sample);
  nlohmann::ordered_json object = nlohmann::ordered_json::parse(to_json(graph));
  object["parameters"] = parameter_count(weights);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    nlohmann::ordered_json& layer = object["layers"][i];
    layer["shape"] = {shapes[i].h, shapes[i].w, shapes[i].c};
    layer["parameters"] = parameters_of(i, weights);
    layer["multiply_adds"] = multiply_adds(graph.nodes[i], inputs_of(graph, i, shapes), shapes[i]);
  }
  return dump_json(object);
}

std::string describe(const MemoryPlan& plan) {
  std::string line =
      fmt::format("memory: weights and optimizer {}, activations {}, workspace {}", format_bytes(plan.parameters),
                  format_bytes(plan.activations), format_bytes(plan.workspace));
  if (plan.images > 0) line += fmt::format(", images {}", format_bytes(plan.images));
  if (plan.context > 0) line += fmt::format(", taken by the driver and others {}", format_bytes(plan.context));
  return line + fmt::format("; in all {} of {}", format_bytes(plan.needed()), format_bytes(plan.available));
}

}  // namespace dae
