#include "host/cpu/network/network.hpp"

#include <algorithm>

#include "dae/error.hpp"
#include "host/cpu/network/stage_builder.hpp"
#include "host/cpu/runtime/aligned_floats.hpp"

namespace dae::cpu {
namespace {

/// How much longer than half of a block two threads take that share it, as a part of the whole: tensors move from cache
/// to cache, and where threads meet one waits for the other. Measured on both networks of digits, for blocks of every
/// size: 0.1 for conv-dae-32 in full blocks, 0.3 for one image of conv-dae-16.
double sharing_cost(const std::vector<std::unique_ptr<Stage>>& stages, bool training) {
  constexpr double moves = 0.08, meeting = 600;  // the latter in multiply-adds of registers
  const int meetings = static_cast<int>(stages.size()) * (training ? 5 : 2);
  double work = 1;
  for (const auto& stage : stages) work += stage->multiply_adds(training);
  return moves + meetings * meeting / work;
}

/// The last of a value's readers comes first in the backward pass and sets the gradient; the loss comes before all.
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
  const FusionPlan fusions(graph, shapes, tiles, spec.mode == Mode::predict);
  std::optional<TilingPlan> plan;
  if (tiles) {
    plan.emplace(graph, shapes, fusions, lanes / images_at_once);
    cost = plan->cost();
    block_cost = plan->block_cost();
  }
  build_stages(*this, graph, shapes, spec, fusions, plan ? &*plan : nullptr);
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
