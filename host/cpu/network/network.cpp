#include "host/cpu/network/network.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "dae/error.hpp"
#include "host/cpu/runtime/aligned_floats.hpp"
#include "host/cpu/stages/activation.hpp"
#include "host/cpu/stages/conv.hpp"
#include "host/cpu/stages/dense.hpp"
#include "host/cpu/stages/merge.hpp"
#include "host/cpu/stages/noise_map.hpp"
#include "host/cpu/stages/pool.hpp"
#include "host/cpu/stages/reshape.hpp"
#include "host/cpu/stages/retile.hpp"
#include "host/cpu/stages/space.hpp"
#include "host/cpu/stages/upsample.hpp"

namespace dae::cpu {
namespace {

// Times only have to be in order: input, forward passes, loss, backward passes, the gradient of the input.
constexpr int input_time = -1, loss_time = 1 << 20, last_time = 2 * loss_time;

class Builder {
 public:
  /// `plan` is null where lanes are images.
  Builder(Network& network, const Graph& graph, std::span<const Shape> shapes, const Spec& spec,
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

  void build(bool sigmoid_in_loss) {
    values_.resize(graph_.nodes.size());
    const std::size_t count = graph_.nodes.size() - (sigmoid_in_loss ? 1 : 0);
    for (node_ = 0; node_ < count; ++node_) {
      if (values_[node_] != nullptr) continue;  // a ReLU that the layer before it has taken in
      if (fusions_.is_identity(node_)) {
        values_[node_] = values_[static_cast<std::size_t>(graph_.nodes[node_].inputs[0])];
        continue;
      }
      const FusionPlan::Fusion fusion = fusions_.from(node_);
      Value& value = add_value(shapes_[fusion.last], plan_ != nullptr ? &plan_->layer(node_).out : nullptr,
                               !fusions_.only_convolved(node_));
      value.is_input = node_ == 0;
      values_[node_] = &value;
      if (auto stage = std::visit(*this, graph_.nodes[node_].op)) network_.stages.push_back(std::move(stage));
      for (std::size_t node = node_; node != fusion.last; node = fusions_.readers(node)[0])
        values_[fusions_.readers(node)[0]] = &value;
    }
    network_.input = values_.front();
    network_.output = values_[count - 1];
  }

  using Made = std::unique_ptr<Stage>;
  Made operator()(const Input&) { return nullptr; }
  Made operator()(const Conv2d& op) {
    const auto before = static_cast<std::size_t>(graph_.nodes[node_].inputs[0]);
    const int upsampling = fusions_.only_convolved(before) ? std::get<Upsample2d>(graph_.nodes[before].op).factor : 1;
    Shape sums = shapes_[node_];
    if (plan_ != nullptr) sums = tile_before_pooling(plan_->layer(node_).out, fusions_.from(node_).pool, sums);
    return std::make_unique<ConvStage>(node_spec(), op, sums, upsampling, shapes_[node_]);
  }
  Made operator()(const Dense& op) { return std::make_unique<DenseStage>(node_spec(), op); }
  Made operator()(const MaxPool2d& op) {
    const StageSpec spec = node_spec();
    spec.in[0]->zero_beyond = true;  // for windows that stick out
    return std::make_unique<PoolStage>(spec, op);
  }
  Made operator()(const Upsample2d& op) {
    if (fusions_.only_convolved(node_)) return nullptr;
    return std::make_unique<UpsampleStage>(node_spec(), op);
  }
  Made operator()(const Flatten&) { return std::make_unique<ReshapeStage>(node_spec()); }
  Made operator()(const Reshape&) { return std::make_unique<ReshapeStage>(node_spec()); }
  Made operator()(const ReLU&) { return std::make_unique<ReluStage>(node_spec()); }
  Made operator()(const Sigmoid&) { return std::make_unique<SigmoidStage>(node_spec()); }
  Made operator()(const Add&) { return std::make_unique<SumStage>(node_spec(), 1.0f); }
  Made operator()(const Subtract&) { return std::make_unique<SumStage>(node_spec(), -1.0f); }
  Made operator()(const Concat&) { return std::make_unique<ConcatStage>(node_spec()); }
  Made operator()(const SpaceToDepth& op) { return std::make_unique<SpaceToDepthStage>(node_spec(), op); }
  Made operator()(const DepthToSpace& op) { return std::make_unique<DepthToSpaceStage>(node_spec(), op); }
  Made operator()(const NoiseMap&) {
    if (network_.levels == nullptr) {
      network_.levels = network_.layout.add(1, 1, 1);
      network_.levels->live(input_time);
    }
    const StageSpec spec = node_spec();
    network_.levels->live(spec.forward_time);
    return std::make_unique<NoiseMapStage>(spec, *network_.levels);
  }

 private:
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

  StageSpec spec_of(std::vector<Value*> in, Value* out) {
    const int time = static_cast<int>(network_.stages.size());
    return {.in = std::move(in),
            .out = out,
            .layout = network_.layout,
            .training = training_,
            .forward_time = time,
            .backward_time = last_time - 1 - time};
  }

  StageSpec node_spec() {
    std::vector<Value*> in;
    for (const int input : graph_.nodes[node_].inputs) {
      auto from = static_cast<std::size_t>(input);
      // An upsampled image that only convolutions read, at low resolution, is never made.
      if (fusions_.only_convolved(from)) from = static_cast<std::size_t>(graph_.nodes[from].inputs[0]);
      in.push_back(plan_ != nullptr ? retile(values_[from], plan_->layer(node_).in) : values_[from]);
    }
    StageSpec spec = spec_of(std::move(in), values_[node_]);
    if (const auto found = offsets_.find(node_); found != offsets_.end()) {
      spec.weights = found->second.front();
      spec.bias = found->second.back();
    }
    const FusionPlan::Fusion fusion = fusions_.from(node_);
    spec.relu = fusion.relu;
    spec.pool = fusion.pool;
    spec.layers = graph_.nodes[node_].name;
    for (std::size_t node = node_; node != fusion.last;) {
      node = fusions_.readers(node)[0];
      spec.layers += " + " + graph_.nodes[node].name;
    }
    return spec;
  }

  Network& network_;
  const Graph& graph_;
  std::span<const Shape> shapes_;
  const FusionPlan& fusions_;
  const TilingPlan* plan_;
  bool training_;
  std::size_t node_ = 0;
  std::vector<Value*> values_;
  std::map<std::pair<Value*, std::array<int, 4>>, Value*> retiled_;
  std::map<std::size_t, std::vector<std::size_t>> offsets_;  // a node's parameters: weights, then bias
};

/// What two threads that share a block take longer than half of it, as a part of the whole: tensors move from cache to
/// cache, and where threads meet one waits for the other. Measured on both networks of digits, for blocks of every
/// size: 0.1 for conv-dae-32 in full blocks, 0.3 for one image of conv-dae-16.
double sharing_cost(const std::vector<std::unique_ptr<Stage>>& stages, bool training) {
  constexpr double moves = 0.08, meeting = 600;  // the latter in multiply-adds of registers
  const int meetings = static_cast<int>(stages.size()) * (training ? 5 : 2);
  double work = 1;
  for (const auto& stage : stages) work += stage->multiply_adds(training);
  return moves + meetings * meeting / work;
}

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

Network::Network(const Graph& graph, const Spec& spec, int lanes, int images) : images_at_once(images), layout(lanes) {
  const std::vector<Shape> shapes = infer_shapes(graph, spec.shape);
  sigmoid_in_loss = std::holds_alternative<Bce>(spec.loss);
  if (sigmoid_in_loss && !ends_in_sigmoid(graph))
    throw GraphError("the loss bce needs a Sigmoid as the last layer; append one, or use another loss");

  const bool tiles = images_at_once < lanes;
  const FusionPlan fusions(graph, shapes, tiles);
  std::optional<TilingPlan> plan;
  if (tiles) {
    plan.emplace(graph, shapes, fusions, lanes / images_at_once);
    cost = plan->cost();
    block_cost = plan->block_cost();
  }
  Builder(*this, graph, shapes, spec, fusions, plan ? &*plan : nullptr).build(sigmoid_in_loss);
  order_gradients(*this);
  output_shape = shapes[graph.nodes.size() - (sigmoid_in_loss ? 2 : 1)];

  input->data->live(input_time);
  if (!tiles || spec.mode == Mode::train) {
    target = layout.add(output->shape);
    loss.emplace(spec.loss, *output, *target, layout, loss_time);
    for (const int time : {input_time, loss_time}) target->live(time);
  }
  if (tiles && spec.mode == Mode::train) {
    pixels = layout.add_scratch(input->image().sample_size());
    pixels->live(input_time);
  }
  output->data->live(loss_time);
  if (spec.mode == Mode::train) {
    output->grad->live(loss_time);
    input->grad->live(last_time);
  } else {
    output->data->live(last_time);
  }
  cost_of_sharing = sharing_cost(stages, spec.mode == Mode::train);
  arena_floats = layout.place();
  for (const auto& stage : stages) {
    stage->place_packed(packed_floats);
    packed_floats += AlignedFloats::whole_lines(stage->packed_size());
  }
}

}  // namespace dae::cpu
