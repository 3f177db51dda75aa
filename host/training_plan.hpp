#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "dae/graph.hpp"
#include "dae/noise.hpp"
#include "dae/optimizer.hpp"

namespace dae {

/// once ("static" on the command line): an image keeps its noise in all epochs, as noise that is added to the data
/// before training does. fresh: new noise in every epoch.
enum class NoiseDraw { once, fresh };

/// What a training run is to do. Its only source of chance is noise.seed: weights, order and noise follow from it.
struct TrainingPlan {
  Graph graph;
  std::uint64_t epochs = 2;
  int batch = 128;
  Optimizer optimizer = Adam{};
  NoiseRecipe noise;
  NoiseDraw draw = NoiseDraw::once;
  std::filesystem::path out;                      ///< Folder for the tables and checkpoints.
  bool resume = false;                            ///< Go on from out/last.safetensors.
  std::optional<std::uint64_t> stop_after_steps;  ///< Counted from this start, not from the run's first step.
};

inline const char* const last_checkpoint = "last.safetensors";
inline const char* const best_checkpoint = "best.safetensors";
inline const char* const history_table = "history.csv";
inline const char* const steps_table = "steps.csv";

}  // namespace dae
