#pragma once

#include <string>
#include <vector>

#include "dae/graph.hpp"
#include "host/cpu/runtime/isa.hpp"

namespace dae::cpu {

/// The time of one stage of a training step for a block on one thread. Times are the shortest of several rounds, in
/// which all stages run in turn, as in a step.
struct StageTime {
  std::string layers;  ///< The layers that the stage carries out, joined by " + ".
  double forward_us = 0, backward_us = 0;
  double multiply_adds = 0;  ///< Forward and backward, for the block.
};

struct StageTimes {
  double fma_peak = 0;  ///< FLOP/s, the best of the same rounds.
  std::vector<StageTime> stages;
  double input_us = 0, loss_us = 0;  ///< A block's gather, scale, Gaussian noise and clip; its loss and gradient.
  double update_us = 0;              ///< Adam on all weights, divided by the blocks of the batch.
};

/// `batch` decides how many gradients Adam has to add up.
StageTimes stage_times(const Graph& graph, const Shape& sample, const Isa& isa, int rounds, int batch);

/// Multiply-adds that a training step of `batch` images spends on one image, without transforms.
double multiply_adds_done(const Graph& graph, const Shape& sample, const Isa& isa, int batch);

}  // namespace dae::cpu
