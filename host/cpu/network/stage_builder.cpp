#include "host/cpu/network/stage_builder.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "host/cpu/stages/layer_stages.hpp"
#include "host/cpu/stages/retile.hpp"

namespace dae::cpu {
namespace {

/// Everything that a stage is made of besides its layer's options.
struct NodeSpec {
  StageSpec stage;
  Shape sums;      ///< A convolution's own output, of a tile where there are tiles and before pooling.
  Shape image;     ///< The same of the whole image.
  int upsampling;  ///< By which a convolution's input is upsampled first.
  Network& network;
};

/// The stage that carries out a layer.
struct MakeStage {
  NodeSpec& node;

  using Made = std::unique_ptr<Stage>;
  Made operator()(const Input&) const { return nullptr; }  // the input writers bring it
  Made operator()(const Conv2d& op) const {
    return std::make_unique<ConvStage>(node.stage, op, node.sums, node.upsampling, node.image);
  }
  Made operator()(const Dense& op) const { return std::make_unique<DenseStage>(node.stage, op); }
  Made operator()(const MaxPool2d& op) const {
    node.stage.in[0]->zero_beyond = true;  // for windows that stick out
    return std::make_unique<PoolStage>(node.stage, op);
  }
  Made operator()(const Upsample2d& op) const { return std::make_unique<UpsampleStage>(node.stage, op); }
  Made operator()(const Flatten&) const { return std::make_unique<ReshapeStage>(node.stage); }
  Made operator()(const Reshape&) const { return std::make_unique<ReshapeStage>(node.stage); }
  Made operator()(const ReLU&) const {
    return std::make_unique<ActivationStage>(node.stage, &Kernels::relu, &Kernels::relu_backward);
  }
  Made operator()(const Sigmoid&) const {
    return std::make_unique<ActivationStage>(node.stage, &Kernels::sigmoid, &Kernels::sigmoid_backward);
  }
  Made operator()(const Add&) const { return std::make_unique<SumStage>(node.stage, 1.0f); }
  Made operator()(const Subtract&) const { return std::make_unique<SumStage>(node.stage, -1.0f); }
  Made operator()(const Concat&) const { return std::make_unique<ConcatStage>(node.stage); }
  Made operator()(const SpaceToDepth& op) const { return std::make_unique<SpaceToDepthStage>(node.stage, op); }
  Made operator()(const DepthToSpace& op) const { return std::make_unique<DepthToSpaceStage>(node.stage, op); }
  Made operator()(const NoiseMap&) const {
    Tensor*& levels = node.network.levels;
    if (levels == nullptr) {
      levels = node.network.layout.add(1, 1, 1);
      levels->live(input_time);
    }
    levels->live(node.stage.forward_time);
    return std::make_unique<NoiseMapStage>(node.stage, *levels);
  }
};

class StageBuilder {
 public:
  StageBuilder(Network& network, const Graph& graph, std::span<const Shape> shapes, const Spec& spec,
               const FusionPlan& fusions, const TilingPlan* plan)
      : network_(network),
        graph_(graph),
        shapes_(shapes),
        fusions_(fusions),
        plan_(plan),
        training_(spec.mode == Mode::train) {
    for (const Parameter& parameter : parameters(graph, spec.shape)) {
      offsets_[static_cast<std::size_t>(parameter.node)].push_back(parameter.offset);
      network.parameters += parameter.size;
    }
  }

  void build() {
    values_.resize(graph_.nodes.size());
    const std::size_t count = graph_.nodes.size() - (network_.sigmoid_in_loss ? 1 : 0);
    for (std::size_t node = 0; node < count; ++node) {
      if (values_[node] != nullptr) continue;  // a ReLU that the layer before it has taken in
      if (fusions_.is_identity(node))
        values_[node] = values_[static_cast<std::size_t>(graph_.nodes[node].inputs[0])];
      else
        add_stage(node);
    }
    for (const Value& value : network_.values)
      for (Value* part : value.parts) part->zero_beyond = part->zero_beyond || value.zero_beyond;
    network_.input = values_.front();
    network_.output = values_[count - 1];
  }

 private:
  void add_stage(std::size_t node) {
    const bool unseen = fusions_.only_convolved(node) || fusions_.taken_apart(node);  // never made
    const std::size_t last = fusions_.from(node).last;
    Value& value = add_value(shapes_[last], plan_ != nullptr ? &plan_->layer(node).out : nullptr, !unseen);
    value.is_input = node == 0;
    values_[node] = &value;
    if (!value.is_input && !unseen) {
      NodeSpec spec = node_spec(node);
      network_.stages.push_back(std::visit(MakeStage{spec}, graph_.nodes[node].op));
    }
    for (std::size_t each = node; each != last;) values_[each = fusions_.readers(each)[0]] = &value;
  }

  Value& add_value(const Shape& image, const LaneTiling* tiling, bool stored) {
    Value& value = network_.values.emplace_back();
    value.shape = tiling != nullptr ? tile_of(*tiling, image) : image;
    if (tiling != nullptr) value.halo.emplace(*tiling, image, network_.images_at_once, network_.layout.lanes());
    if (stored) value.data = network_.layout.add(value.shape);
    if (stored && training_) value.grad = network_.layout.add(value.shape);
    return value;
  }

  /// The value in another tiling.
  Value* retile(Value* from, const LaneTiling& tiling) {
    if (from->halo->tiling() == tiling) return from;
    Value*& to = retiled_[{from, {tiling.down, tiling.across, tiling.height, tiling.width}}];
    if (to != nullptr) return to;
    to = &add_value(from->halo->image(), &tiling, true);
    to->is_input = from->is_input;
    StageSpec spec = spec_of({from}, to);
    spec.layers = "retile";
    network_.stages.push_back(std::make_unique<RetileStage>(spec));
    return to;
  }

  NodeSpec node_spec(std::size_t node) {
    const auto before = static_cast<std::size_t>(graph_.nodes[node].inputs[0]);
    Shape sums = shapes_[node];
    if (plan_ != nullptr) sums = tile_before_pooling(plan_->layer(node).out, fusions_.from(node).pool, sums);
    return {.stage = stage_spec(node),
            .sums = sums,
            .image = shapes_[node],
            .upsampling = fusions_.only_convolved(before) ? std::get<Upsample2d>(graph_.nodes[before].op).factor : 1,
            .network = network_};
  }

  StageSpec spec_of(std::vector<Value*> in, Value* out) {
    const int time = static_cast<int>(network_.stages.size());
    return {.in = std::move(in),
            .out = out,
            .layout = network_.layout,
            .training = training_,
            .forward_time = time,
            .backward_time = last_time - 1 - time};
  }

  StageSpec stage_spec(std::size_t node) {
    std::vector<Value*> in;
    const auto read = [&](std::size_t from, int shrink) {
      LaneTiling tiling = plan_ != nullptr ? plan_->layer(node).in : LaneTiling{};
      tiling.height /= shrink;
      tiling.width /= shrink;
      in.push_back(plan_ != nullptr ? retile(values_[from], tiling) : values_[from]);
    };
    for (const int input : graph_.nodes[node].inputs) {
      const auto from = static_cast<std::size_t>(input);
      const auto before = [&](std::size_t of, std::size_t i) {
        return static_cast<std::size_t>(graph_.nodes[of].inputs[i]);
      };
      if (fusions_.taken_apart(from)) {
        read(before(from, 0), 1);
        read(before(before(from, 1), 0), 2);
      } else {
        // An upsampled image that only convolutions read, at low resolution, is never made.
        read(fusions_.only_convolved(from) ? before(from, 0) : from, 1);
      }
    }
    StageSpec spec = spec_of(std::move(in), values_[node]);
    if (const auto found = offsets_.find(node); found != offsets_.end()) {
      spec.weights = found->second.front();
      spec.bias = found->second.back();
    }
    spec.joins = std::holds_alternative<Concat>(graph_.nodes[node].op) && can_join(node, spec.in);
    const FusionPlan::Fusion fusion = fusions_.from(node);
    spec.relu = fusion.relu;
    spec.pool = fusion.pool;
    spec.layers = graph_.nodes[node].name;
    for (std::size_t taken = node; taken != fusion.last;) {
      taken = fusions_.readers(taken)[0];
      spec.layers += " + " + graph_.nodes[taken].name;
    }
    return spec;
  }

  /// True if the inputs of a Concat may lie in its result: each is written by a stage and lies in no other tensor.
  /// Going back, the readers of the result set the gradients of the inputs, so that no reader of an input may come
  /// after the Concat.
  [[nodiscard]] bool can_join(std::size_t node, const std::vector<Value*>& inputs) const {
    const auto suits = [&](const Value* value) {
      return !value->is_input && !value->data->joined() && std::ranges::count(inputs, value) == 1 &&
             (!training_ || read_last(value, node));
    };
    return std::ranges::all_of(inputs, suits);
  }

  [[nodiscard]] bool read_last(const Value* value, std::size_t node) const {
    const auto reads = [&](int input) { return values_[static_cast<std::size_t>(input)] == value; };
    return std::ranges::find(values_, value) != values_.end() &&
           std::ranges::none_of(std::span(graph_.nodes).subspan(node + 1),
                                [&](const Node& later) { return std::ranges::any_of(later.inputs, reads); });
  }

  Network& network_;
  const Graph& graph_;
  std::span<const Shape> shapes_;
  const FusionPlan& fusions_;
  const TilingPlan* plan_;
  bool training_;
  std::vector<Value*> values_;
  std::map<std::pair<Value*, std::array<int, 4>>, Value*> retiled_;
  std::map<std::size_t, std::vector<std::size_t>> offsets_;  // a node's parameters: weights, then bias
};

}  // namespace

void build_stages(Network& network, const Graph& graph, std::span<const Shape> shapes, const Spec& spec,
                  const FusionPlan& fusions, const TilingPlan* plan) {
  StageBuilder(network, graph, shapes, spec, fusions, plan).build();
}

}  // namespace dae::cpu
