#include "host/cpu/network.hpp"

#include <algorithm>
#include <map>

#include "dae/error.hpp"
#include "host/cpu/activation.hpp"
#include "host/cpu/aligned_floats.hpp"
#include "host/cpu/conv.hpp"
#include "host/cpu/dense.hpp"
#include "host/cpu/merge.hpp"
#include "host/cpu/noise_map.hpp"
#include "host/cpu/pool.hpp"
#include "host/cpu/reshape.hpp"
#include "host/cpu/space.hpp"
#include "host/cpu/upsample.hpp"

namespace dae::cpu {
namespace {

// Times only have to be in order: input, forward passes, loss, backward passes, the gradient of the input.
constexpr int input_time = -1, loss_time = 1 << 20, last_time = 2 * loss_time;

class Builder {
 public:
  Builder(Network& network, const Graph& graph, std::span<const Shape> shapes, const Spec& spec)
      : network_(network),
        graph_(graph),
        shapes_(shapes),
        training_(spec.mode == Mode::train),
        readers_(graph.nodes.size()) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
      for (const int input : graph.nodes[i].inputs) readers_[static_cast<std::size_t>(input)].push_back(i);
    for (const Parameter& parameter : parameters(graph, spec.shape)) {
      offsets_[static_cast<std::size_t>(parameter.node)].push_back(parameter.offset);
      network.parameters += parameter.size;
    }
  }

  void build(bool sigmoid_in_loss) {
    values_.resize(graph_.nodes.size());
    const std::size_t count = graph_.nodes.size() - (sigmoid_in_loss ? 1 : 0);
    for (node_ = 0; node_ < count; ++node_) {
      if (values_[node_] != nullptr) continue;  // a ReLU that the layer before it has taken in
      if (does_nothing(graph_.nodes[node_].op)) {
        values_[node_] = values_[static_cast<std::size_t>(graph_.nodes[node_].inputs[0])];
        continue;
      }
      const Chain chain = chain_from(node_);
      Value& value = network_.values.emplace_back();
      value.shape = shapes_[chain.last];
      value.is_input = node_ == 0;
      if (!only_convolved(node_)) {
        value.data = network_.layout.add(value.shape);
        if (training_) value.slope = network_.layout.add(value.shape);
      }
      values_[node_] = &value;
      if (auto stage = std::visit(*this, graph_.nodes[node_].op)) network_.stages.push_back(std::move(stage));
      for (std::size_t node = node_; node != chain.last; node = readers_[node][0]) values_[readers_[node][0]] = &value;
    }
    network_.input = values_.front();
    network_.output = values_[count - 1];
  }

  using Made = std::unique_ptr<Stage>;
  Made operator()(const Input&) { return nullptr; }
  Made operator()(const Conv2d& op) {
    Wiring wired = wiring();
    // An upsampled image that only convolutions read, at low resolution, is never made.
    const Node& read = graph_.nodes[static_cast<std::size_t>(graph_.nodes[node_].inputs[0])];
    int upsampling = 1;
    if (only_convolved(static_cast<std::size_t>(graph_.nodes[node_].inputs[0]))) {
      upsampling = std::get<Upsample2d>(read.op).factor;
      wired.in[0] = values_[static_cast<std::size_t>(read.inputs[0])];
    }
    return std::make_unique<ConvStage>(wired, op, shapes_[node_], upsampling);
  }
  Made operator()(const Dense& op) { return std::make_unique<DenseStage>(wiring(), op); }
  Made operator()(const MaxPool2d& op) { return std::make_unique<PoolStage>(wiring(), op); }
  Made operator()(const Upsample2d& op) {
    if (only_convolved(node_)) return nullptr;
    return std::make_unique<UpsampleStage>(wiring(), op);
  }
  Made operator()(const Flatten&) { return std::make_unique<ReshapeStage>(wiring()); }
  Made operator()(const Reshape&) { return std::make_unique<ReshapeStage>(wiring()); }
  Made operator()(const ReLU&) { return std::make_unique<ReluStage>(wiring()); }
  Made operator()(const Sigmoid&) { return std::make_unique<SigmoidStage>(wiring()); }
  Made operator()(const Add&) { return std::make_unique<SumStage>(wiring(), 1.0f); }
  Made operator()(const Subtract&) { return std::make_unique<SumStage>(wiring(), -1.0f); }
  Made operator()(const Concat&) { return std::make_unique<ConcatStage>(wiring()); }
  Made operator()(const SpaceToDepth& op) { return std::make_unique<SpaceToDepthStage>(wiring(), op); }
  Made operator()(const DepthToSpace& op) { return std::make_unique<DepthToSpaceStage>(wiring(), op); }
  Made operator()(const NoiseMap&) {
    if (network_.levels == nullptr) {
      network_.levels = network_.layout.add(1, 1, 1);
      network_.levels->live(input_time);
    }
    const Wiring wired = wiring();
    network_.levels->live(wired.forward_time);
    return std::make_unique<NoiseMapStage>(wired, *network_.levels);
  }

 private:
  /// Layers behind a convolution or Dense that its stage takes in, each its predecessor's only reader.
  struct Chain {
    bool relu = false, pool = false;
    std::size_t last;
  };

  template <class Layer>
  [[nodiscard]] const Layer* only_reader(std::size_t node) const {
    return readers_[node].size() == 1 ? std::get_if<Layer>(&graph_.nodes[readers_[node][0]].op) : nullptr;
  }

  [[nodiscard]] Chain chain_from(std::size_t node) const {
    Chain chain{.last = node};
    const auto* conv = std::get_if<Conv2d>(&graph_.nodes[node].op);
    if (conv == nullptr && !std::holds_alternative<Dense>(graph_.nodes[node].op)) return chain;
    chain.relu = only_reader<ReLU>(node) != nullptr;
    if (!chain.relu) return chain;
    chain.last = readers_[node][0];
    if (conv == nullptr || only_convolved(static_cast<std::size_t>(graph_.nodes[node].inputs[0]))) return chain;
    const auto* pool = only_reader<MaxPool2d>(chain.last);
    chain.pool = pool != nullptr && pool->size == 2;
    if (chain.pool) chain.last = readers_[chain.last][0];
    return chain;
  }

  static bool does_nothing(const Op& op) {
    const auto* upsampling = std::get_if<Upsample2d>(&op);
    const auto* pool = std::get_if<MaxPool2d>(&op);
    return (upsampling != nullptr && upsampling->factor == 1) || (pool != nullptr && pool->size == 1);
  }

  /// True for an upsampling whose readers can all take the image before it instead.
  [[nodiscard]] bool only_convolved(std::size_t node) const {
    const auto* upsampling = std::get_if<Upsample2d>(&graph_.nodes[node].op);
    return upsampling != nullptr && !readers_[node].empty() &&
           std::ranges::all_of(readers_[node], [&](std::size_t reader) {
             const auto* conv = std::get_if<Conv2d>(&graph_.nodes[reader].op);
             return conv != nullptr && can_upsample(*conv, upsampling->factor);
           });
  }

  Wiring wiring() {
    const int time = static_cast<int>(network_.stages.size());
    Wiring wired{.in = {},
                 .out = values_[node_],
                 .layout = network_.layout,
                 .training = training_,
                 .forward_time = time,
                 .backward_time = last_time - 1 - time};
    for (const int input : graph_.nodes[node_].inputs) wired.in.push_back(values_[static_cast<std::size_t>(input)]);
    if (const auto found = offsets_.find(node_); found != offsets_.end()) {
      wired.weights = found->second.front();
      wired.bias = found->second.back();
    }
    const Chain chain = chain_from(node_);
    wired.relu = chain.relu;
    wired.pool = chain.pool;
    wired.layers = graph_.nodes[node_].name;
    for (std::size_t node = node_; node != chain.last;) {
      node = readers_[node][0];
      wired.layers += " + " + graph_.nodes[node].name;
    }
    return wired;
  }

  Network& network_;
  const Graph& graph_;
  std::span<const Shape> shapes_;
  bool training_;
  std::size_t node_ = 0;
  std::vector<Value*> values_;
  std::vector<std::vector<std::size_t>> readers_;
  std::map<std::size_t, std::vector<std::size_t>> offsets_;  // a node's parameters: weights, then bias
};

/// Of a value's readers the last one comes first in the backward pass and sets the gradient; the loss comes before all.
void order_gradients(Network& network) {
  std::vector<const Value*> written = {network.output};
  for (auto stage = network.stages.rbegin(); stage != network.stages.rend(); ++stage)
    for (std::size_t i = 0; i < (*stage)->inputs(); ++i) {
      const Value* value = (*stage)->input(i);
      const bool add = std::ranges::find(written, value) != written.end();
      (*stage)->accumulate(i, add);
      if (!add) written.push_back(value);
    }
}

}  // namespace

Network::Network(const Graph& graph, const Spec& spec, int lanes) : layout(lanes) {
  const std::vector<Shape> shapes = infer_shapes(graph, spec.shape);
  sigmoid_in_loss = std::holds_alternative<Bce>(spec.loss);
  if (sigmoid_in_loss && !ends_in_sigmoid(graph))
    throw GraphError("the loss bce needs a Sigmoid as the last layer; append one, or use another loss");

  Builder(*this, graph, shapes, spec).build(sigmoid_in_loss);
  order_gradients(*this);

  target = layout.add(output->shape);
  loss.emplace(spec.loss, *output, *target, layout, loss_time);
  for (Tensor* tensor : {input->data, target}) tensor->live(input_time);
  for (Tensor* tensor : {output->data, target}) tensor->live(loss_time);
  if (spec.mode == Mode::train) {
    output->slope->live(loss_time);
    input->slope->live(last_time);
  } else {
    output->data->live(last_time);
  }
  arena_floats = layout.place();
  for (const auto& stage : stages) {
    stage->place_packed(packed_floats);
    packed_floats += AlignedFloats::whole_lines(stage->packed_size());
  }
}

}  // namespace dae::cpu
