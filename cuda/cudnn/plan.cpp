#include "cuda/cudnn/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "cuda/cudnn/error.hpp"

namespace dae::cuda::cudnn {
namespace {

struct HeuristicMode {
  cudnnBackendHeurMode_t mode;
  char letter;
};
constexpr std::array<HeuristicMode, 2> kModes = {{{CUDNN_HEUR_MODE_A, 'A'}, {CUDNN_HEUR_MODE_FALLBACK, 'F'}}};

template <class Note>
bool has(const std::vector<Note>& notes, Note note) {
  return std::find(notes.begin(), notes.end(), note) != notes.end();
}

/// An engine with its settings, as a heuristic proposes it.
struct Proposal {
  Descriptor config, engine;
  std::string name;

  [[nodiscard]] bool passes(const PlanFilter& filter, bool multiplies) const {
    const auto notes =
        engine.get_all<cudnnBackendNumericalNote_t>(CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_NUMERICAL_NOTE_TYPE_COUNT);
    if (!filter.nondeterministic && has(notes, CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC)) return false;
    if (filter.reduced_precision) return true;
    // Every engine that can pool with an index is noted as one with tensor cores; a maximum needs none.
    if (multiplies && has(notes, CUDNN_NUMERICAL_NOTE_TENSOR_CORE)) return false;
    return !has(notes, CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS) &&
           !has(notes, CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION);
  }
  [[nodiscard]] bool compiled() const {
    return has(
        engine.get_all<cudnnBackendBehaviorNote_t>(CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE, CUDNN_BEHAVIOR_NOTE_TYPE_COUNT),
        CUDNN_BEHAVIOR_NOTE_RUNTIME_COMPILATION);
  }
};

std::vector<Proposal> proposals(const OperationGraph& graph, const DeviceProperties& device, HeuristicMode mode) {
  Descriptor heuristic(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
  heuristic.refer(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph.graph)
      .set(CUDNN_ATTR_ENGINEHEUR_MODE, mode.mode)
      .refer(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, device.descriptor());
  heuristic = std::move(heuristic).finalize();
  const std::int64_t count = heuristic.count(CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_TYPE_BACKEND_DESCRIPTOR);
  std::vector<Descriptor> configs;
  for (std::int64_t i = 0; i < count; ++i) configs.emplace_back(CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
  const std::int64_t filled = count == 0 ? 0 : heuristic.get_into(CUDNN_ATTR_ENGINEHEUR_RESULTS, configs);
  std::vector<Proposal> all;
  for (std::size_t i = 0; i < static_cast<std::size_t>(filled); ++i) {
    std::vector<Descriptor> engine;
    engine.emplace_back(CUDNN_BACKEND_ENGINE_DESCRIPTOR);
    configs[i].get_into(CUDNN_ATTR_ENGINECFG_ENGINE, engine);
    const auto index = engine[0].get_one<std::int64_t>(CUDNN_ATTR_ENGINE_GLOBAL_INDEX);
    all.push_back({std::move(configs[i]), std::move(engine[0]), fmt::format("{}{} eng{}", mode.letter, i, index)});
  }
  return all;
}

Plan make_plan(const Proposal& proposal, const DeviceProperties& device) {
  Descriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
  plan.refer(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, proposal.config)
      .refer(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, device.descriptor());
  return {std::move(plan).finalize(), proposal.name, proposal.compiled()};
}

/// Collects plans of proposals that `wanted` accepts until it has `most`, no more than one of them compiled at run
/// time. `reason` keeps the last refusal.
std::vector<Plan> collect(const OperationGraph& graph, const DeviceProperties& device, const PlanFilter& filter,
                          std::size_t most, const std::function<bool(const Proposal&)>& wanted, std::string& reason) {
  const bool multiplies = graph.key.starts_with("conv");
  std::vector<Plan> plans;
  for (const HeuristicMode mode : kModes) {
    try {
      for (const Proposal& proposal : proposals(graph, device, mode)) {
        if (plans.size() >= most) return plans;
        if (!wanted(proposal) || !proposal.passes(filter, multiplies)) continue;
        if (proposal.compiled() && std::ranges::any_of(plans, &Plan::compiled)) continue;
        try {
          Plan plan = make_plan(proposal, device);
          const bool fits =
              filter.workspace_limit == 0 || plan.workspace() <= static_cast<std::size_t>(filter.workspace_limit);
          if (fits) plans.push_back(std::move(plan));
        } catch (const CudnnError& error) {
          reason = error.what();
        }
      }
    } catch (const CudnnError& error) {
      reason = error.what();
    }
  }
  return plans;
}

}  // namespace

DeviceProperties DeviceProperties::of(cudnnHandle_t handle) {
  Descriptor d(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
  d.set(CUDNN_ATTR_DEVICEPROP_HANDLE, handle);
  return DeviceProperties(std::move(d).finalize());
}

DeviceProperties DeviceProperties::from_json(const std::string& json) {
  Descriptor d(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
  d.set_all<char>(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, std::span(json.data(), json.size()));
  return DeviceProperties(std::move(d).finalize());
}

std::string DeviceProperties::json() const { return descriptor_.get_text(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION); }

Plan::Plan(Descriptor plan, std::string name, bool compiled)
    : plan_(std::move(plan)),
      name_(std::move(name)),
      compiled_(compiled),
      workspace_(static_cast<std::size_t>(plan_.get_one<std::int64_t>(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE))) {}

Plan Plan::restore(const DeviceProperties& device, const std::string& json, std::string name) {
  Descriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
  plan.refer(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, device.descriptor())
      .set_all<char>(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION, std::span(json.data(), json.size()));
  return {std::move(plan).finalize(), std::move(name), false};
}

std::string Plan::json() const { return plan_.get_text(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION); }

void Plan::execute(cudnnHandle_t handle, std::span<const Operand> operands, void* workspace) const {
  std::vector<std::int64_t> uids;
  std::vector<void*> data;
  for (const Operand& operand : operands) {
    uids.push_back(operand.uid);
    data.push_back(operand.data);
  }
  Descriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  pack.set_all<std::int64_t>(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, uids)
      .set_all<void*>(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, data)
      .set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, workspace);
  pack = std::move(pack).finalize();
  check("cudnnBackendExecute", name_.c_str(), cudnnBackendExecute(handle, plan_.get(), pack.get()));
}

std::vector<Plan> candidates(const OperationGraph& graph, const DeviceProperties& device, const PlanFilter& filter,
                             std::size_t most) {
  std::string reason = "no engine passes the filter";
  std::vector<Plan> plans = collect(
      graph, device, filter, most, [](const Proposal&) { return true; }, reason);
  if (plans.empty())
    throw DeviceError(fmt::format("cuDNN has no plan for '{}'{}{}: {}", graph.key,
                                  filter.reduced_precision ? "" : " in strict fp32",
                                  filter.nondeterministic ? "" : ", deterministic", reason));
  return plans;
}

std::vector<Plan> named_candidate(const OperationGraph& graph, const DeviceProperties& device, const PlanFilter& filter,
                                  const std::string& name) {
  std::string reason;
  return collect(
      graph, device, filter, 1, [&name](const Proposal& p) { return p.name == name; }, reason);
}

}  // namespace dae::cuda::cudnn
