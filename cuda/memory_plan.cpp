#include "cuda/memory_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cuda/engine.hpp"
#include "cuda/state.hpp"
#include "dae/error.hpp"

namespace dae::cuda {
namespace {

/// Kernels that libraries load at first use, and what the allocator rounds up.
constexpr std::size_t kSpare = std::size_t{128} << 20;

/// The largest batch below spec's that fits, 0 when none does. Activations grow with the batch, the rest hardly does;
/// as workspaces may differ, each guess is planned.
int largest_fitting_batch(Context& context, const Graph& graph, Spec spec, MemoryPlan plan) {
  while (spec.shape.n > 1) {
    const std::size_t fixed = plan.needed() - plan.activations;
    const double room = plan.available > fixed ? static_cast<double>(plan.available - fixed) : 0.0;
    const double guess = spec.shape.n * room / static_cast<double>(std::max<std::size_t>(plan.activations, 1));
    // At least a tenth less than the last guess, so that this ends soon.
    spec.shape.n = static_cast<int>(std::clamp(guess, 0.5 * spec.shape.n, 0.9 * spec.shape.n));
    if (spec.shape.n == 0) return 0;
    plan = plan_memory(context, graph, spec, Timing::no);
    if (plan.needed() <= plan.available) return spec.shape.n;
  }
  return 0;
}

}  // namespace

MemoryPlan plan_memory(Context& context, const Graph& graph, const Spec& spec, Timing timing) {
  const ParameterLayout layout(graph, spec.shape);
  cudnn::Choices ignored;
  Libraries libraries = context.libraries();
  libraries.may_time = timing == Timing::yes;
  const StepList steps = lower(graph, spec, InputGradient::no, layout, libraries, ignored);
  const EngineBytes engine = Engine::bytes(steps, layout, spec);
  MemoryPlan plan{.parameters = CudaState::bytes(layout) + engine.gradients + engine.other,
                  .activations = engine.arena,
                  .workspace = engine.workspace,
                  .available = spec.memory_limit};
  if (spec.memory_limit > 0) return plan;
  const Context::DeviceMemory memory = context.memory();
  plan.images = std::min(context.store_bytes(), memory.total - memory.free);
  plan.context = memory.total - memory.free - plan.images + kSpare;
  plan.available = memory.total;
  return plan;
}

void require_fit(Context& context, const Graph& graph, const Spec& spec) {
  const MemoryPlan plan = plan_memory(context, graph, spec, Timing::yes);
  if (plan.needed() <= plan.available) return;
  const int batch = largest_fitting_batch(context, graph, spec, plan);
  throw MemoryError(fmt::format("'{}' at {} and batch {} needs {} MB, there are {} MB; {}", graph.name,
                                to_string(spec.shape), spec.shape.n, plan.own() >> 20,
                                (plan.available - std::min(plan.available, plan.images + plan.context)) >> 20,
                                batch > 0 ? fmt::format("a batch of {} fits", batch)
                                          : std::string("not even a batch of 1 fits: take a smaller image")));
}

}  // namespace dae::cuda
