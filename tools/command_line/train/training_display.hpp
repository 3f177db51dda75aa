#pragma once

#include <chrono>
#include <functional>
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

}  // namespace dae
