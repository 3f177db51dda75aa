#include "tools/command_line/train/named_recipe.hpp"

#include <nlohmann/json.hpp>

#include "host/text/text.hpp"

namespace dae {

void apply_named_recipe(TrainFlags& flags, const Flags& given) {
  if (flags.recipe_name != "fast") return;
  const auto set = [&given]<class T>(const char* flag, T& value, T fast) {
    if (!given.given(flag)) value = std::move(fast);
  };
  set("--epochs", flags.epochs, std::uint64_t{1});
  set("--epoch-images", flags.epoch_images, std::uint64_t{6000});
  set("--batch", flags.batch, 16);
  set("--lr", flags.recipe.rate, 0.02f);
  set("--schedule", flags.recipe.schedule, std::string("one-cycle"));
  set("--clip-norm", flags.recipe.clip_norm, 0.1f);
}

void restore_named_recipe(TrainFlags& flags, const Flags& given, const nlohmann::ordered_json& settings) {
  const std::string before = settings.value("recipe", TrainFlags().recipe_name);  // Absent in older runs.
  if (given.given("--recipe") && flags.recipe_name != before)
    throw UsageError(
        fmt::format("--resume: --recipe is {}, but the run was started with {}", flags.recipe_name, before));
  flags.recipe_name = before;
}

std::string describe_named_recipe(const TrainFlags& flags) {
  if (flags.recipe_name == "default") return {};
  return fmt::format("recipe {}: {} epoch{} of at most {} images, batch {}, {} {}, {}, clip-norm {}", flags.recipe_name,
                     flags.epochs, flags.epochs == 1 ? "" : "s", with_commas(flags.epoch_images), flags.batch,
                     flags.recipe.optimizer, flags.recipe.rate, flags.recipe.schedule, flags.recipe.clip_norm);
}

}  // namespace dae
