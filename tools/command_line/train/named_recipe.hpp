#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "tools/command_line/train/train_flags.hpp"

namespace dae {

/// Gives every flag that the command line leaves out the value that it has in the recipe flags.recipe_name ("default":
/// what it has anyway). docs/recipes.md explains the values.
void apply_named_recipe(TrainFlags& flags, const Flags& given);

/// Takes the recipe that a run was started with; its values are among the settings. Throws UsageError when the command
/// line names another one.
void restore_named_recipe(TrainFlags& flags, const Flags& given, const nlohmann::ordered_json& settings);

/// "recipe fast: batch 16, lr 0.02, ..." with the values in use; empty for "default".
std::string describe_named_recipe(const TrainFlags& flags);

}  // namespace dae
