#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cuda/cudnn/plan.hpp"
#include "cuda/cudnn/plan_cache.hpp"

namespace dae::cuda::cudnn {

/// The name of the plan that runs each operation graph, by the graph's key.
using Choices = std::map<std::string, std::string>;

struct PlanRequest {
  PlanFilter filter;
  bool may_time = true;             ///< Choose the fastest of the first candidates; else the heuristic's favourite.
  const Choices* wanted = nullptr;  ///< Choices of an earlier run, taken where cuDNN still offers them.
};

/// Finds the plan for each operation graph, once: in memory, among the wanted choices, on disk, or by asking cuDNN's
/// heuristic and measuring.
class Planner {
 public:
  /// Milliseconds that each plan takes, infinity where there is no room for one; may throw MemoryError.
  using Measure = std::function<std::vector<float>(const OperationGraph&, std::span<const Plan>)>;

  /// `scope` says in one line what choices of plans belong to: cuDNN's version and the device. `environment`: what
  /// plans on disk depend on besides, the driver.
  Planner(DeviceProperties device, std::string scope, PlanCache cache, Measure measure,
          const std::string& environment = {});

  /// Throws DeviceError when cuDNN has no plan that passes the filter.
  std::shared_ptr<const Plan> plan(const OperationGraph& graph, const PlanRequest& request);

  [[nodiscard]] const std::string& scope() const { return scope_; }

 private:
  [[nodiscard]] std::string key(const OperationGraph& graph, const PlanRequest& request) const;
  [[nodiscard]] Plan find(const OperationGraph& graph, const PlanRequest& request, const std::string& key) const;
  [[nodiscard]] std::size_t fastest(const OperationGraph& graph, const std::vector<Plan>& plans) const;

  DeviceProperties device_;
  std::string scope_, properties_;
  PlanCache cache_;
  Measure measure_;
  std::map<std::string, std::shared_ptr<const Plan>> known_;
};

}  // namespace dae::cuda::cudnn
