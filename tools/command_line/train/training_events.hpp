#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "host/training/training_run.hpp"

namespace dae {

/// A training run as one JSON object a line on standard output, for programs; docs/formats.md describes them.
class TrainingEvents {
 public:
  /// Prints nothing at all when not `wanted`.
  explicit TrainingEvents(bool wanted) : wanted_(wanted) {}

  /// `record` is what run.json holds at the start.
  void started(const nlohmann::ordered_json& record, const std::string& folder) const;
  /// At most once a second.
  void progressed(const TrainingProgress&);
  void epoch_ended(const EpochResult&, const RunFacts&) const;
  void ended(const nlohmann::ordered_json& result) const;

 private:
  bool wanted_;
  std::chrono::steady_clock::time_point printed_{};
};

}  // namespace dae
