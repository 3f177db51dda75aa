#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "dae/device.hpp"
#include "dae/graph.hpp"
#include "dae/loss.hpp"
#include "dae/noise.hpp"
#include "dae/optimizer.hpp"
#include "host/graph/schedule.hpp"

namespace dae {

/// once ("static" on the command line): an image keeps its noise in all epochs, as noise that is added to the data
/// before training does. fresh: new noise in every epoch.
enum class NoiseDraw { once, fresh };

/// Everything that a training run is to do. Its only source of chance is noise.seed: weights, order and noise follow
/// from it.
struct TrainingPlan {
  Graph graph;
  std::uint64_t epochs = 2;
  int batch = 128;
  std::uint64_t epoch_images = 0;  ///< Images of an epoch; 0: the whole set. See host/training/epoch_feed.hpp.
  std::optional<double> target;    ///< The run is done after the epoch whose val_loss is at most this.
  Optimizer optimizer = Adam{};
  std::optional<Loss> loss;  ///< Absent: usual_loss of the graph.
  Schedule schedule;
  float clip_norm = 0;      ///< See Update.
  float average_decay = 0;  ///< The averaged weights' decay once the run is long enough; see Update.
  NoiseRecipe noise;
  NoiseDraw draw = NoiseDraw::once;
  Computation computation;
  std::filesystem::path out;                      ///< Folder for the tables and checkpoints.
  bool resume = false;                            ///< Go on from out/last.safetensors.
  std::optional<std::uint64_t> stop_after_steps;  ///< Counted from this start, not from the run's first step.
};

/// The update of step `step`, counted from 0, of a run of `steps`. The average follows the weights closely at first:
/// its decay is at most (1 + step) / (10 + step).
Update update_at(const TrainingPlan&, std::uint64_t step, std::uint64_t steps);

/// The Spec of a program that runs the plan's steps in `mode` on a set of `images` images of shape `sample`.
Spec spec_for(const TrainingPlan&, const Shape& sample, Mode mode, int images);

inline const char* const last_checkpoint = "last.safetensors";
inline const char* const best_checkpoint = "best.safetensors";
inline const char* const history_table = "history.csv";
inline const char* const steps_table = "steps.csv";

}  // namespace dae
