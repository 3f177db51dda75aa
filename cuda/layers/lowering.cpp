#include "cuda/layers/lowering.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "cuda/cudnn/choices.hpp"
#include "cuda/kernels/layer_kernels.hpp"
#include "cuda/kernels/loss.hpp"
#include "cuda/layers/lowering_state.hpp"

namespace dae::cuda {
namespace {

/// Some engines would take all the memory that there is for a gain of a few percent.
std::int64_t workspace_limit(const Spec& spec) {
  constexpr std::size_t kMost = std::size_t{1} << 30;
  if (spec.computation.workspace_limit > 0) return static_cast<std::int64_t>(spec.computation.workspace_limit);
  return static_cast<std::int64_t>(spec.memory_limit > 0 ? std::min(kMost, spec.memory_limit / 4 + 1) : kMost);
}

}  // namespace

Lowering::Lowering(const Graph& graph, const Spec& spec, InputGradient input_gradient, const ParameterLayout& layout,
                   const Libraries& libraries, cudnn::Choices& choices)
    : graph_(graph),
      spec_(spec),
      layout_(layout),
      libraries_(libraries),
      choices_(choices),
      wanted_(choices_in(spec.plans, libraries.planner->scope())),
      request_({{.reduced_precision = spec.computation.precision != Precision::fp32,
                 .nondeterministic = !spec.computation.deterministic,
                 .workspace_limit = workspace_limit(spec)},
                libraries.may_time && !spec.computation.deterministic,
                wanted_.empty() ? nullptr : &wanted_}),
      shapes_(infer_shapes(graph, spec.shape)),
      readers_(graph.nodes.size()),
      needs_gradient_(graph.nodes.size(), false),
      values_(graph.nodes.size(), -1),
      gradients_(graph.nodes.size(), -1) {
  for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
    const std::vector<int>& inputs = graph.nodes[node].inputs;
    for (std::size_t i = 0; i < inputs.size(); ++i) readers_[index(inputs[i])].push_back({node, i});
    if (spec.mode == Mode::train)
      needs_gradient_[node] =
          layout.has_parameters(static_cast<int>(node)) || (node == 0 && input_gradient == InputGradient::yes) ||
          std::any_of(inputs.begin(), inputs.end(), [this](int i) { return needs_gradient_[index(i)]; });
  }
}

BufferId Lowering::add_buffer(std::size_t bytes) {
  steps_.bytes.push_back(bytes);
  return static_cast<BufferId>(steps_.bytes.size() - 1);
}

StepList Lowering::run() {
  const Element element = element_of(spec_);
  for (std::size_t node = 0; node < graph_.nodes.size(); ++node) {
    values_[node] = add_buffer(shapes_[node].size() * bytes_of(element));
    if (needs_gradient_[node]) gradients_[node] = add_buffer(shapes_[node].size() * bytes_of(element));
    std::vector<Step> backward, additions;
    current_ = {&backward, &additions};
    LayerBuilder layer(*this, node);
    std::visit([&layer](const auto& op) { lower(op, layer); }, graph_.nodes[node].op);
    std::move(additions.begin(), additions.end(), std::back_inserter(backward));
    backward_.push_back(std::move(backward));
  }
  for (auto chunk = backward_.rbegin(); chunk != backward_.rend(); ++chunk)
    std::move(chunk->begin(), chunk->end(), std::back_inserter(steps_.backward));
  finish(element);
  return std::move(steps_);
}

void Lowering::finish(Element element) {
  const Shape& out = shapes_.back();
  steps_.output_shape = out;
  steps_.input = values_.front();
  steps_.last = values_.back();
  steps_.last_gradient = gradients_.back();
  if (gradients_.front() >= 0) steps_.input_gradient = gradients_.front();
  steps_.target = add_buffer(out.size() * sizeof(float));
  if (!only_gaussian(spec_.noise))
    steps_.noisy = element == Element::f32 ? steps_.input : add_buffer(spec_.shape.size() * sizeof(float));
  steps_.loss_chunks = loss_chunks(out);
  steps_.loss_partials = add_buffer(static_cast<std::size_t>(out.n) * steps_.loss_chunks * sizeof(LossPartial));
  const std::size_t scratch = spec_.mode == Mode::train ? loss_scratch(spec_.loss, out) : 0;
  if (scratch > 0) steps_.loss_scratch = add_buffer(scratch * sizeof(float));
  if (!applied_elsewhere(graph_.nodes.size() - 1) && element == Element::f32) {
    steps_.output_buffer = steps_.last;
    return;
  }
  steps_.output_buffer = add_buffer(out.size() * sizeof(float));
  const bool sigmoid = std::holds_alternative<Bce>(spec_.loss);
  const BufferId from = steps_.last, to = steps_.output_buffer;
  steps_.output.push_back({"output", {from, to}, [=, size = out.size()](const Frame& frame) {
                             make_output(frame.stream, frame.at(from), frame.at<float>(to), size, element, sigmoid);
                           }});
}

/// The readers of a node run their backward steps last to first, so the last one writes the gradient and the others add
/// to it.
std::optional<BufferId> Lowering::gradient_target(std::size_t node, std::size_t input) {
  const std::size_t producer = index(graph_.nodes[node].inputs[input]);
  if (!needs_gradient_[producer]) return std::nullopt;
  if (readers_[producer].back() == Reader{node, input}) return gradients_[producer];
  const Element element = element_of(spec_);
  const std::size_t size = shapes_[producer].size();
  const BufferId part = add_buffer(size * bytes_of(element)), sum = gradients_[producer];
  current_.additions->push_back(
      {graph_.nodes[producer].name + "/add gradients", {part, sum}, [=](const Frame& frame) {
         combine(frame.stream, {frame.at(sum), 1}, {frame.at(part), 1}, frame.at(sum), size, element);
       }});
  return part;
}

void Lowering::alias(std::size_t node) {
  values_[node] = values_[index(graph_.nodes[node].inputs[0])];
  if (!needs_gradient_[node]) return;
  if (const auto target = gradient_target(node, 0)) gradients_[node] = *target;
}

bool Lowering::applies_relu(std::size_t node) const {
  const Op& op = graph_.nodes[node].op;
  return (std::holds_alternative<Conv2d>(op) || std::holds_alternative<Dense>(op)) && readers_[node].size() == 1 &&
         std::holds_alternative<ReLU>(graph_.nodes[readers_[node][0].node].op);
}

bool Lowering::applied_elsewhere(std::size_t node) const {
  const Op& op = graph_.nodes[node].op;
  if (std::holds_alternative<ReLU>(op)) return applies_relu(index(graph_.nodes[node].inputs[0]));
  return std::holds_alternative<Sigmoid>(op) && node + 1 == graph_.nodes.size() &&
         std::holds_alternative<Bce>(spec_.loss);
}

void lower(const Input&, LayerBuilder&) {}

Element element_of(const Spec& spec) {
  return spec.computation.precision == Precision::bf16 ? Element::bf16 : Element::f32;
}

StepList lower(const Graph& graph, const Spec& spec, InputGradient input_gradient, const ParameterLayout& layout,
               const Libraries& libraries, cudnn::Choices& choices) {
  return Lowering(graph, spec, input_gradient, layout, libraries, choices).run();
}

std::vector<Lifetime> lifetimes(const StepList& steps) {
  std::vector<Lifetime> all;
  const int never = -1;
  for (const std::size_t bytes : steps.bytes) all.push_back({bytes, never, never});
  int time = 0;
  const auto use = [&](BufferId buffer) {
    Lifetime& life = all[static_cast<std::size_t>(buffer)];
    if (life.first == never) life.first = time;
    life.last = time;
  };
  const auto use_all = [&](const std::vector<Step>& list) {
    for (const Step& step : list) {
      ++time;
      for (const BufferId buffer : step.buffers) use(buffer);
    }
  };
  use(steps.input);
  use(steps.target);
  for (const BufferId buffer : {steps.levels, steps.noisy})
    if (buffer >= 0) use(buffer);
  use_all(steps.forward);
  use_all(steps.output);
  ++time;
  for (const BufferId buffer : {steps.output_buffer, steps.last, steps.target, steps.loss_partials}) use(buffer);
  for (const BufferId buffer : {steps.last_gradient, steps.loss_scratch})
    if (buffer >= 0) use(buffer);
  use_all(steps.backward);
  ++time;
  use(steps.loss_partials);
  for (const BiasPartials& bias : steps.biases) use(bias.partials);
  if (steps.input_gradient) use(*steps.input_gradient);
  for (Lifetime& life : all)
    if (life.first == never) life = {};
  return all;
}

}  // namespace dae::cuda
