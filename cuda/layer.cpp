#include <algorithm>
#include <utility>

#include "cuda/lowering.hpp"
#include "cuda/lowering_state.hpp"

namespace dae::cuda {

Element Layer::element() const { return element_of(lowering_.spec_); }

std::size_t Layer::inputs() const { return lowering_.graph_.nodes[node_].inputs.size(); }

const Shape& Layer::in_shape(std::size_t i) const {
  return lowering_.shapes_[static_cast<std::size_t>(lowering_.graph_.nodes[node_].inputs[i])];
}

const Shape& Layer::out_shape() const { return lowering_.shapes_[node_]; }

BufferId Layer::in(std::size_t i) const {
  return lowering_.values_[static_cast<std::size_t>(lowering_.graph_.nodes[node_].inputs[i])];
}

BufferId Layer::out() const { return lowering_.values_[node_]; }

bool Layer::trains() const { return lowering_.needs_gradient_[node_]; }

BufferId Layer::out_gradient() const { return lowering_.gradients_[node_]; }

std::optional<BufferId> Layer::in_gradient(std::size_t i) { return lowering_.gradient_target(node_, i); }

Layer::Place Layer::weight() const {
  const std::size_t offset = lowering_.layout_.weight_of(static_cast<int>(node_)).offset;
  return {offset, offset};
}

Layer::Place Layer::bias() const {
  const std::size_t offset = lowering_.layout_.bias_of(static_cast<int>(node_)).offset;
  return {offset, offset - lowering_.layout_.weights()};
}

bool Layer::applies_relu() const { return lowering_.applies_relu(node_); }

bool Layer::applied_elsewhere() const { return lowering_.applied_elsewhere(node_); }

void Layer::alias() { lowering_.alias(node_); }

BufferId Layer::scratch(std::size_t bytes) { return lowering_.add_buffer(bytes); }

BufferId Layer::noise_levels() {
  BufferId& levels = lowering_.steps_.levels;
  if (levels < 0) levels = scratch(static_cast<std::size_t>(lowering_.spec_.shape.n) * sizeof(float));
  return levels;
}

void Layer::add_bias_partials(const BiasPartials& partials) { lowering_.steps_.biases.push_back(partials); }

void Layer::forward(const char* op, std::vector<BufferId> buffers, std::function<void(const Frame&)> enqueue) {
  lowering_.steps_.forward.push_back(
      {lowering_.graph_.nodes[node_].name + "/" + op, std::move(buffers), std::move(enqueue)});
}

void Layer::backward(const char* op, std::vector<BufferId> buffers, std::function<void(const Frame&)> enqueue) {
  lowering_.current_.backward->push_back(
      {lowering_.graph_.nodes[node_].name + "/" + op, std::move(buffers), std::move(enqueue)});
}

Layer::Operation Layer::plan(const cudnn::OperationGraph& graph) {
  const auto plan = lowering_.libraries_.planner->plan(graph, lowering_.request_);
  lowering_.choices_[graph.key] = plan->name();
  lowering_.steps_.workspace = std::max(lowering_.steps_.workspace, plan->workspace());
  return
      [plan, handle = lowering_.libraries_.cudnn](const Frame& frame, std::initializer_list<cudnn::Operand> operands) {
        plan->execute(handle->get(), {operands.begin(), operands.size()}, frame.workspace);
      };
}

Layer::Product Layer::product(int rows, int columns, int inner) const {
  return [=, blas = lowering_.libraries_.blas, type = element(), precision = lowering_.spec_.precision](
             const Matrix& a, const Matrix& b, void* c) {
    blas->multiply(a, b, c, rows, columns, inner, type, precision);
  };
}

}  // namespace dae::cuda
