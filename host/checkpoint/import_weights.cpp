#include "host/checkpoint/import_weights.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>
#include <utility>

#include "dae/error.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

using Entry = TensorFile::Entry;

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// The digits at the front without leading zeros; they are taken off the text.
std::string_view take_number(std::string_view& text) {
  const auto end = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
  std::string_view digits = text.substr(0, end);
  text.remove_prefix(end);
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

/// A layer of the file: its weight and its bias.
struct Layer {
  const Entry* weight = nullptr;
  const Entry* bias = nullptr;
};

class Matching {
 public:
  Matching(const TensorFile& file, const std::string& name, std::span<const Parameter> parameters)
      : file_(file), name_(name), parameters_(parameters) {}

  std::vector<const Entry*> by_name(const std::map<std::string, std::string>& names) {
    check_names(names);
    for (const Parameter& p : parameters_) {
      const auto mapped = names.find(p.name);
      const std::string& wanted = mapped == names.end() ? p.name : mapped->second;
      const Entry* entry = file_.find(wanted);
      if (entry == nullptr) {
        throw InputError(fmt::format("{} lacks the tensor {} ({} of the model)", name_, quote(wanted), p.name));
      }
      take(entry);
    }
    refuse_left_over();
    return found_;
  }

  /// Whether the file has all of our names.
  [[nodiscard]] bool has_our_names() const {
    return std::all_of(parameters_.begin(), parameters_.end(),
                       [&](const Parameter& p) { return file_.find(p.name) != nullptr; });
  }

  /// Convolutions and Dense layers are counted apart: sorted names tell nothing about how the two follow each other.
  std::vector<const Entry*> by_order() {
    std::map<std::size_t, std::vector<Layer>> layers;  // By the weight's rank.
    for (const Layer& layer : file_layers()) {
      if (layer.weight != nullptr) layers[layer.weight->dims.size()].push_back(layer);
    }
    std::map<std::size_t, std::size_t> taken;
    Layer current;
    for (const Parameter& p : parameters_) {
      const bool is_bias = p.dims.size() == 1;
      if (!is_bias) {
        const std::vector<Layer>& of_rank = layers[p.dims.size()];
        const std::size_t next = taken[p.dims.size()]++;
        if (next >= of_rank.size()) {
          throw InputError(fmt::format("{} lacks a tensor for {}: it has only {} of {} dimensions", name_, p.name,
                                       of_rank.size(), p.dims.size()));
        }
        current = of_rank[next];
      }
      const Entry* entry = is_bias ? current.bias : current.weight;
      if (entry == nullptr) {
        throw InputError(
            fmt::format("{} lacks the bias beside {} ({} of the model)", name_, quote(current.weight->name), p.name));
      }
      take(entry);
    }
    refuse_left_over();
    return found_;
  }

 private:
  void check_names(const std::map<std::string, std::string>& names) const {
    std::vector<std::string_view> known;
    for (const Parameter& p : parameters_) known.push_back(p.name);
    for (const auto& [ours, theirs] : names) {
      if (std::find(known.begin(), known.end(), ours) == known.end()) {
        throw UsageError(
            fmt::format("--map names {}, which the model does not have{}", quote(ours), did_you_mean(ours, known)));
      }
    }
  }

  /// The tensors under one name up to its last '.' or '/', in natural order of that name.
  [[nodiscard]] std::vector<Layer> file_layers() const {
    const auto less = [](std::string_view a, std::string_view b) { return natural_less(a, b); };
    std::map<std::string_view, Layer, decltype(less)> layers(less);
    for (const Entry& entry : file_.entries) {
      const std::string_view name = entry.name;
      const std::size_t end = name.find_last_of("./");
      Layer& layer = layers[name.substr(0, end == std::string_view::npos ? name.size() : end)];
      const Entry*& place = entry.dims.size() == 1 ? layer.bias : layer.weight;
      if (place == nullptr) place = &entry;  // Another one is left over, and reported as such.
    }
    std::vector<Layer> result;
    for (const auto& [name, layer] : layers) result.push_back(layer);
    return result;
  }

  void take(const Entry* entry) {
    found_.push_back(entry);
    taken_.insert(entry);
  }

  void refuse_left_over() const {
    const auto left = std::find_if(file_.entries.begin(), file_.entries.end(),
                                   [&](const Entry& entry) { return !taken_.contains(&entry); });
    if (left == file_.entries.end()) return;
    throw InputError(fmt::format("{} has the tensor {} of shape {}, which the model has no place for", name_,
                                 quote(left->name), dims_text(left->dims)));
  }

  const TensorFile& file_;
  const std::string& name_;
  std::span<const Parameter> parameters_;
  std::vector<const Entry*> found_;
  std::set<const Entry*> taken_;
};

/// The image that a feature vector was made from by Flatten, or becomes by Reshape; 1 x 1 x n where there is none.
class FeatureImages {
 public:
  FeatureImages(const Graph& graph, const Shape& sample) : graph_(graph), shapes_(infer_shapes(graph, sample)) {}

  /// The image that a Dense layer's input was.
  [[nodiscard]] Shape before(int node) const {
    const auto& nodes = graph_.nodes;
    int at = nodes[index(node)].inputs.front();
    while (is_activation(at)) at = nodes[index(at)].inputs.front();
    if (!std::holds_alternative<Flatten>(nodes[index(at)].op)) return shapes_[index(at)];
    return shapes_[index(nodes[index(at)].inputs.front())];
  }
  /// The image that its output becomes.
  [[nodiscard]] Shape after(int node) const {
    int at = node;
    for (int reader = at + 1; reader < static_cast<int>(graph_.nodes.size()); ++reader) {
      const Node& next = graph_.nodes[index(reader)];
      if (next.inputs != std::vector<int>{at}) continue;
      if (std::holds_alternative<Reshape>(next.op)) return shapes_[index(reader)];
      if (!is_activation(reader)) break;
      at = reader;
    }
    return shapes_[index(node)];
  }

 private:
  static std::size_t index(int node) { return static_cast<std::size_t>(node); }
  [[nodiscard]] bool is_activation(int node) const {
    const Op& op = graph_.nodes[index(node)].op;
    return std::holds_alternative<ReLU>(op) || std::holds_alternative<Sigmoid>(op);
  }

  const Graph& graph_;
  std::vector<Shape> shapes_;
};

/// Where Keras keeps the feature that we call `feature`: rows, columns, channels instead of channels, rows, columns.
std::size_t keras_feature(std::size_t feature, const Shape& image) {
  const auto pixels = static_cast<std::size_t>(image.h) * static_cast<std::size_t>(image.w);
  return feature % pixels * static_cast<std::size_t>(image.c) + feature / pixels;
}

/// The shape that a tensor of ours has in the layout.
std::vector<std::size_t> stored_dims(const Parameter& p, WeightLayout layout) {
  std::vector<std::size_t> dims(p.dims.begin(), p.dims.end());
  if (layout == WeightLayout::pytorch) return dims;
  if (dims.size() == 4) return {dims[2], dims[3], dims[1], dims[0]};
  std::reverse(dims.begin(), dims.end());
  return dims;
}

/// `before` and `after`: the images that a Dense layer's features stand for.
void copy_keras(const Parameter& p, const Shape& before, const Shape& after, std::span<const float> from,
                std::span<float> to) {
  const std::vector<std::size_t> dims(p.dims.begin(), p.dims.end());
  std::size_t at = 0;
  for (std::size_t o = 0; o < dims[0]; ++o) {
    if (dims.size() == 1) {
      to[at++] = from[keras_feature(o, after)];
    } else if (dims.size() == 2) {
      for (std::size_t i = 0; i < dims[1]; ++i)
        to[at++] = from[keras_feature(i, before) * dims[0] + keras_feature(o, after)];
    } else {
      for (std::size_t i = 0; i < dims[1]; ++i)
        for (std::size_t k = 0; k < dims[2] * dims[3]; ++k) to[at++] = from[(k * dims[1] + i) * dims[0] + o];
    }
  }
}

WeightLayout layout_of(const TensorFile& file) {
  const bool keras = std::any_of(file.entries.begin(), file.entries.end(),
                                 [](const auto& entry) { return entry.name.ends_with("kernel"); });
  return keras ? WeightLayout::keras : WeightLayout::pytorch;
}

}  // namespace

bool natural_less(std::string_view a, std::string_view b) {
  const std::string_view whole_a = a, whole_b = b;
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const std::string_view x = take_number(a), y = take_number(b);
      if (x != y) return x.size() != y.size() ? x.size() < y.size() : x < y;
    } else {
      if (a.front() != b.front()) return a.front() < b.front();
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  if (a.empty() != b.empty()) return a.empty();
  return whole_a < whole_b;  // "01" and "1": equal numbers, yet two names.
}

std::vector<const Entry*> match_tensors(const TensorFile& file, const std::string& file_name,
                                        std::span<const Parameter> parameters,
                                        const std::map<std::string, std::string>& names) {
  Matching matching(file, file_name, parameters);
  return names.empty() && !matching.has_our_names() ? matching.by_order() : matching.by_name(names);
}

std::optional<WeightLayout> weight_layout(std::string_view name) {
  if (name == "pytorch") return WeightLayout::pytorch;
  if (name == "keras") return WeightLayout::keras;
  return std::nullopt;
}

std::vector<float> import_weights(const TensorFile& file, const std::string& file_name, const Graph& graph,
                                  const Shape& sample, const ImportOptions& options) {
  const std::vector<Parameter> wanted = parameters(graph, sample);
  const std::vector<const TensorFile::Entry*> found = match_tensors(file, file_name, wanted, options.names);
  const WeightLayout layout = options.layout.value_or(layout_of(file));
  const FeatureImages images(graph, sample);
  std::vector<float> weights(parameter_count(wanted));
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Parameter& p = wanted[i];
    const std::vector<std::size_t> dims = stored_dims(p, layout);
    if (found[i]->dims != dims) {
      throw InputError(fmt::format("{} has the tensor {} of shape {}; the model's {} wants {}{}", file_name,
                                   quote(found[i]->name), dims_text(found[i]->dims), p.name, dims_text(dims),
                                   layout == WeightLayout::keras ? " in Keras' layout" : ""));
    }
    const std::span<const float> from = file.values(*found[i]);
    if (!std::all_of(from.begin(), from.end(), [](float v) { return std::isfinite(v); })) {
      throw InputError(
          fmt::format("{} has a value that is no finite number in the tensor {}", file_name, quote(found[i]->name)));
    }
    const auto to = std::span(weights).subspan(p.offset, p.size);
    if (layout == WeightLayout::keras) {
      const bool dense = std::holds_alternative<Dense>(graph.nodes[static_cast<std::size_t>(p.node)].op);
      const Shape channels{1, 1, 1, p.dims[0]};
      copy_keras(p, dense ? images.before(p.node) : channels, dense ? images.after(p.node) : channels, from, to);
    } else {
      std::copy(from.begin(), from.end(), to.begin());
    }
  }
  return weights;
}

}  // namespace dae
