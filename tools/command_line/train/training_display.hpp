#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "host/training/trainer.hpp"

namespace dae {

/// Shows a training run: a bar that redraws itself on a terminal, else a line for about each tenth of an epoch.
class TrainingDisplay {
 public:
  /// What the network's results are to be seen beside: the noisy input's PSNR, what its noise is, and the loss of a
  /// perfect result.
  struct Beside {
    double noisy_psnr = 0;
    std::string noise;
    std::optional<double> floor;  ///< Where a perfect result's loss is not 0.
  };
  TrainingDisplay(bool quiet, Beside beside);

  void progressed(const TrainingProgress&);
  void epoch_ended(const EpochResult&);
  /// Takes the bar away, so that something else can be printed.
  void clear();

 private:
  void draw_bar(const TrainingProgress&);

  bool quiet_, terminal_;
  Beside beside_;
  bool bar_shown_ = false;
  std::uint64_t tenths_ = 0;  ///< Of the epoch, printed so far.
  std::chrono::steady_clock::time_point printed_{};
};

}  // namespace dae
