#pragma once

#include <chrono>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "host/training/training_run.hpp"

namespace dae {

/// Shows a training run: a bar that redraws itself on a terminal, else a line for about each tenth of an epoch.
class TrainingDisplay {
 public:
  explicit TrainingDisplay(bool quiet);

  void progressed(const TrainingProgress&);
  void epoch_ended(const EpochResult&, const RunFacts&);
  /// Takes the bar away, so that something else can be printed.
  void clear();

 private:
  void draw_bar(const TrainingProgress&);

  bool quiet_, terminal_;
  bool bar_shown_ = false;
  std::uint64_t tenths_ = 0;  ///< Tenths of the epoch that were printed.
  std::chrono::steady_clock::time_point printed_{};
};

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
