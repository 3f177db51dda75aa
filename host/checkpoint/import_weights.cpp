#include "host/checkpoint/import_weights.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "dae/error.hpp"
#include "host/checkpoint/tensor_matching.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

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
