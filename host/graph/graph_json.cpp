#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "dae/error.hpp"
#include "dae/graph.hpp"
#include "host/files/input_file.hpp"
#include "host/graph/layers/all.hpp"
#include "host/text/json_text.hpp"
#include "host/text/option_reader.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

template <class T>
Op read_op(OptionReader& options) {
  return Layer<T>::read(options);
}

/// The names of all layers and, in the same order, what reads them.
template <class Variant>
struct Layers;
template <class... T>
struct Layers<std::variant<T...>> {
  static constexpr std::array<std::string_view, sizeof...(T)> types = {Layer<T>::type...};
  static constexpr std::array<Op (*)(OptionReader&), sizeof...(T)> readers = {&read_op<T>...};
};

/// Reads the layers one after the other.
class GraphReader {
 public:
  explicit GraphReader(const nlohmann::json& layers) : layers_(layers) {
    for (const nlohmann::json& layer : layers_) {
      if (layer.is_object() && layer.contains("name") && layer["name"].is_string()) {
        all_names_.push_back(layer["name"].get<std::string>());
      }
    }
  }

  Graph read() {
    for (std::size_t i = 0; i < layers_.size(); ++i) read_layer(i);
    return std::move(graph_);
  }

 private:
  void read_layer(std::size_t i) {
    label_ = fmt::format("layers[{}]", i);
    OptionReader options(layers_[i], label_);
    const std::string type = options.text("type", "");
    const std::string name = options.text("name", "");
    const bool chained = !options.has("inputs");
    const std::vector<std::string> inputs = options.texts("inputs");
    const auto& types = Layers<Op>::types;
    const auto found = std::find(types.begin(), types.end(), type);
    if (found == types.end()) {
      throw GraphError(fmt::format("{}: {}{}", label_, type.empty() ? "has no 'type'" : "unknown layer " + quote(type),
                                   did_you_mean(type, types)));
    }
    Op op = Layers<Op>::readers[static_cast<std::size_t>(found - types.begin())](options);
    options.finish();
    if (chained) {
      graph_.append(std::move(op));
    } else {
      graph_.append(std::move(op), indices(inputs));
    }
    Node& node = graph_.nodes.back();
    if (options.has("name")) node.name = name;
    indices_.emplace(node.name, static_cast<int>(i));
  }

  std::vector<int> indices(const std::vector<std::string>& inputs) const {
    std::vector<int> result;
    for (const std::string& input : inputs) {
      const auto found = indices_.find(input);
      if (found == indices_.end()) unknown_input(input);
      result.push_back(found->second);
    }
    return result;
  }

  [[noreturn]] void unknown_input(const std::string& input) const {
    if (std::find(all_names_.begin(), all_names_.end(), input) != all_names_.end()) {
      throw GraphError(fmt::format("{}: its input {} comes no earlier; a layer reads only layers listed before it",
                                   label_, quote(input)));
    }
    std::vector<std::string_view> known;
    for (const Node& node : graph_.nodes) known.push_back(node.name);
    throw GraphError(
        fmt::format("{}: no layer before it is called {}{}", label_, quote(input), did_you_mean(input, known)));
  }

  const nlohmann::json& layers_;
  std::vector<std::string> all_names_;
  Graph graph_;
  std::unordered_map<std::string, int> indices_;
  std::string label_;
};

nlohmann::ordered_json layer_json(const Graph& graph, std::size_t i) {
  const Node& node = graph.nodes[i];
  nlohmann::ordered_json result = {{"type", type_name(node.op)}, {"name", node.name}};
  nlohmann::json options = nlohmann::json::object();
  with_layer(node.op, [&](const auto& op, auto layer) { layer.write(op, options); });
  result.update(options);
  const bool chained = i == 0 ? node.inputs.empty() : node.inputs == std::vector<int>{static_cast<int>(i) - 1};
  if (!chained) {
    auto& inputs = result["inputs"] = nlohmann::ordered_json::array();
    for (const int input : node.inputs) inputs.push_back(graph.nodes.at(static_cast<std::size_t>(input)).name);
  }
  return result;
}

// A model of the most layers allowed takes far less.
constexpr std::size_t largest_file = std::size_t{1} << 22;

/// Whether a text that is no preset's name can only have been meant as a path.
bool is_path(const std::string& text) {
  std::error_code ignored;
  return text.find('/') != std::string::npos || text.ends_with(".json") || std::filesystem::exists(text, ignored);
}

}  // namespace

std::string to_json(const Graph& graph) {
  std::string text = fmt::format("{{\n  \"name\": {},\n  \"layers\": [", dump_json(graph.name));
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    text += fmt::format("{}\n    {}", i == 0 ? "" : ",", dump_json(layer_json(graph, i)));
  }
  return text + "\n  ]\n}\n";
}

Graph graph_from_json(std::string_view text) {
  try {
    const nlohmann::json root = parse_json(text, "the model");
    OptionReader options(root, "the model");
    const std::string name = options.text("name", "");
    const nlohmann::json& layers = options.list("layers");
    options.finish();
    if (layers.size() > most_layers) {
      throw GraphError(fmt::format("the model has {} layers; at most {} are allowed", layers.size(), most_layers));
    }
    Graph graph = GraphReader(layers).read();
    graph.name = name;
    validate(graph);
    return graph;
  } catch (const GraphError&) {
    throw;
  } catch (const InputError& error) {
    throw GraphError(error.what());
  }
}

Graph load_model(const std::string& preset_or_path) {
  const auto names = preset_names();
  const bool known = std::find(names.begin(), names.end(), preset_or_path) != names.end();
  if (known || !is_path(preset_or_path)) return preset(preset_or_path);
  const std::string text = read_file(preset_or_path, largest_file);
  try {
    Graph graph = graph_from_json(text);
    if (graph.name.empty()) graph.name = std::filesystem::path(preset_or_path).stem();
    return graph;
  } catch (const GraphError& error) {
    throw GraphError(fmt::format("{}: {}", quote_path(preset_or_path), error.what()));
  }
}

}  // namespace dae
