#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "host/training/training_plan.hpp"
#include "tools/command_line/flags.hpp"

namespace dae {

/// The flags of `train` that say how the weights are changed: loss, optimizer, schedule, clipping, averaging.
struct RecipeFlags {
  std::string loss = "auto", optimizer = "adam", schedule = "constant";
  float rate = 1e-3f, momentum = 0.9f, weight_decay = 1e-2f, drop = 0.1f, clip_norm = 0, ema = 0;
  std::uint64_t warmup = 0, drop_every = 0;
};

void add_recipe_flags(Flags& command, RecipeFlags& flags);

/// By flag, for run.json.
void add_settings(nlohmann::ordered_json& settings, const RecipeFlags&);

/// Takes what `settings` holds for every flag that the command line leaves out. Throws json::exception when it has
/// another type.
void restore_settings(RecipeFlags&, const Flags& given, const nlohmann::ordered_json& settings);

/// Fills in the plan. Throws UsageError for a loss that does not fit plan.graph.
void apply(const RecipeFlags&, TrainingPlan& plan);

}  // namespace dae
