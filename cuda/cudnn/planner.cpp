#include "cuda/cudnn/planner.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cuda/cudnn/error.hpp"

namespace dae::cuda::cudnn {
namespace {

/// More are measured in vain: the heuristic sorts by its own estimate.
constexpr std::size_t kMeasured = 6;

}  // namespace

Planner::Planner(DeviceProperties device, std::string scope, PlanCache cache, Measure measure,
                 const std::string& environment)
    : device_(std::move(device)), scope_(std::move(scope)), cache_(std::move(cache)), measure_(std::move(measure)) {
  properties_ = environment + ' ' + device_.json();
  std::replace(properties_.begin(), properties_.end(), '\n', ' ');
}

std::string Planner::key(const OperationGraph& graph, const PlanRequest& request) const {
  return fmt::format("{} | {}{}{}workspace {} | {} | {}", graph.key,
                     request.filter.reduced_precision ? "reduced " : "strict ",
                     request.filter.nondeterministic ? "" : "deterministic ", request.may_time ? "timed " : "",
                     request.filter.workspace_limit, scope_, properties_);
}

std::shared_ptr<const Plan> Planner::plan(const OperationGraph& graph, const PlanRequest& request) {
  const std::string where = key(graph, request);
  if (request.wanted != nullptr) {
    const auto wanted = request.wanted->find(graph.key);
    if (wanted != request.wanted->end()) {
      const std::string in_memory = where + " | " + wanted->second;
      if (const auto known = known_.find(in_memory); known != known_.end()) return known->second;
      auto plans = named_candidate(graph, device_, request.filter, wanted->second);
      if (!plans.empty()) return known_[in_memory] = std::make_shared<const Plan>(std::move(plans.front()));
    }
  }
  auto& known = known_[where];
  if (!known) known = std::make_shared<const Plan>(find(graph, request, where));
  return known;
}

Plan Planner::find(const OperationGraph& graph, const PlanRequest& request, const std::string& where) const {
  if (const auto cached = cache_.find(where)) {
    try {
      return Plan::restore(device_, cached->json, cached->name);
    } catch (const CudnnError&) {
      // Written by another cuDNN, although the key says the same: plan anew.
    }
  }
  std::vector<Plan> plans = candidates(graph, device_, request.filter, request.may_time ? kMeasured : 1);
  Plan& best = plans[plans.size() == 1 ? 0 : fastest(graph, plans)];
  cache_.store(where, {best.name(), best.json()});
  return std::move(best);
}

std::size_t Planner::fastest(const OperationGraph& graph, const std::vector<Plan>& plans) const {
  try {
    const std::vector<float> times = measure_(graph, plans);
    return static_cast<std::size_t>(std::ranges::min_element(times) - times.begin());
  } catch (const MemoryError&) {
    return 0;  // There is no room to try any: the heuristic's order stands.
  }
}

}  // namespace dae::cuda::cudnn
