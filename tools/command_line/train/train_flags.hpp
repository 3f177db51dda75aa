#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "host/training/training_run.hpp"
#include "tools/command_line/device_flags.hpp"
#include "tools/command_line/flags.hpp"
#include "tools/command_line/train/recipe_flags.hpp"

namespace dae {

/// The flags of `train` with their defaults.
struct TrainFlags {
  std::string model = "conv-dae-32", noise = "0.5", noise_draw = "static", recipe_name = "default", out, tensorboard;
  std::uint64_t epochs = 2, epoch_images = 0, seed = 1;
  std::optional<double> target;
  std::optional<std::uint64_t> stop_after_steps;
  std::optional<std::size_t> limit;
  int batch = 128;
  bool clip = true, resume = false, overwrite = false, quiet = false, json = false;
  DataOptions data{.train = default_images, .validation = default_images};
  RecipeFlags recipe;
  DeviceFlags device;
  ComputationFlags computation;
};

void add_train_flags(Flags& command, TrainFlags& flags);

/// Takes care that noise is drawn or comes with the photos. Throws UsageError where the flags want both.
void settle_noise(TrainFlags& flags, const Flags& given);

/// The folder of the run: --out, else runs/ and the model's name.
std::filesystem::path out_folder(const TrainFlags&);

/// Settings that a run can be repeated from, by flag, with absolute paths.
nlohmann::ordered_json settings_json(const TrainFlags&);

/// Takes the settings that a run was started with for every flag that the command line leaves out.
/// Throws InputError when the run's record does not hold what settings_json made; `file` is where it came from.
void restore_settings(TrainFlags& flags, const Flags& given, const nlohmann::ordered_json& record,
                      const std::filesystem::path& file);

/// The run that the flags ask for, without `settings`. Throws UsageError.
RunOptions run_options(const TrainFlags& flags, Graph graph);

/// Gives every flag that the command line leaves out the value that it has in the recipe flags.recipe_name ("default":
/// what it has anyway). docs/recipes.md explains the values.
void apply_named_recipe(TrainFlags& flags, const Flags& given);

/// Takes the recipe that a run was started with; its values are among the settings. Throws UsageError when the command
/// line names another one.
void restore_named_recipe(TrainFlags& flags, const Flags& given, const nlohmann::ordered_json& settings);

/// "recipe fast: batch 16, lr 0.02, ..." with the values in use; empty for "default".
std::string describe_named_recipe(const TrainFlags& flags);

}  // namespace dae
