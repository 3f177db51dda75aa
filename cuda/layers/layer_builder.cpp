#include <algorithm>
#include <utility>

#include "cuda/layers/lowering.hpp"
#include "cuda/layers/lowering_state.hpp"

namespace dae::cuda {

Element LayerBuilder::element() const { return element_of(lowering_.spec_); }

std::size_t LayerBuilder::inputs() const { return lowering_.graph_.nodes[node_].inputs.size(); }

const Shape& LayerBuilder::in_shape(std::size_t i) const {
  return lowering_.shapes_[static_cast<std::size_t>(lowering_.graph_.nodes[node_].inputs[i])];
}

const Shape& LayerBuilder::out_shape() const { return lowering_.shapes_[node_]; }

BufferId LayerBuilder::in(std::size_t i) const {
  return lowering_.values_[static_cast<std::size_t>(lowering_.graph_.nodes[node_].inputs[i])];
}

BufferId LayerBuilder::out() const { return lowering_.values_[node_]; }

bool LayerBuilder::trains() const { return lowering_.needs_gradient_[node_]; }

BufferId LayerBuilder::out_gradient() const { return lowering_.gradients_[node_]; }

std::optional<BufferId> LayerBuilder::in_gradient(std::size_t i) { return lowering_.gradient_target(node_, i); }

LayerBuilder::ParameterSlice LayerBuilder::weight() const {
  const std::size_t offset = lowering_.layout_.weight_of(static_cast<int>(node_)).offset;
  return {offset, offset};
}

LayerBuilder::ParameterSlice LayerBuilder::bias() const {
  const std::size_t offset = lowering_.layout_.bias_of(static_cast<int>(node_)).offset;
  return {offset, offset - lowering_.layout_.weights()};
}

bool LayerBuilder::applies_relu() const { return lowering_.applies_relu(node_); }

bool LayerBuilder::applied_elsewhere() const { return lowering_.applied_elsewhere(node_); }

void LayerBuilder::alias() { lowering_.alias(node_); }

BufferId LayerBuilder::scratch(std::size_t bytes) { return lowering_.add_buffer(bytes); }

BufferId LayerBuilder::noise_levels() {
  BufferId& levels = lowering_.steps_.levels;
  if (levels < 0) levels = scratch(static_cast<std::size_t>(lowering_.spec_.shape.n) * sizeof(float));
  return levels;
}

void LayerBuilder::add_bias_partials(const BiasPartials& partials) { lowering_.steps_.biases.push_back(partials); }

void LayerBuilder::forward(const char* op, std::vector<BufferId> buffers, std::function<void(const Frame&)> enqueue) {
  lowering_.steps_.forward.push_back(
      {lowering_.graph_.nodes[node_].name + "/" + op, std::move(buffers), std::move(enqueue)});
}

void LayerBuilder::backward(const char* op, std::vector<BufferId> buffers, std::function<void(const Frame&)> enqueue) {
  lowering_.current_.backward->push_back(
      {lowering_.graph_.nodes[node_].name + "/" + op, std::move(buffers), std::move(enqueue)});
}

LayerBuilder::Operation LayerBuilder::plan(const cudnn::OperationGraph& graph) {
  const auto plan = lowering_.libraries_.planner->plan(graph, lowering_.request_);
  lowering_.choices_[graph.key] = plan->name();
  lowering_.steps_.workspace = std::max(lowering_.steps_.workspace, plan->workspace());
  return
      [plan, handle = lowering_.libraries_.cudnn](const Frame& frame, std::initializer_list<cudnn::Operand> operands) {
        plan->execute(handle->get(), {operands.begin(), operands.size()}, frame.workspace);
      };
}

LayerBuilder::Product LayerBuilder::product(int rows, int columns, int inner) const {
  return [=, blas = lowering_.libraries_.blas, type = element(), precision = lowering_.spec_.computation.precision](
             const Matrix& a, const Matrix& b, void* c) {
    blas->multiply(a, b, c, rows, columns, inner, type, precision);
  };
}

}  // namespace dae::cuda
