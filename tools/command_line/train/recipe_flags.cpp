#include "tools/command_line/train/recipe_flags.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/graph/loss.hpp"
#include "host/text/json_text.hpp"
#include "host/text/kinds.hpp"

namespace dae {
namespace {

/// Calls act(flag's name without dashes, value) for every flag.
template <class All, class Act>
void for_each_flag(All& flags, Act act) {
  act("lr", flags.rate);
  act("loss", flags.loss);
  act("optimizer", flags.optimizer);
  act("momentum", flags.momentum);
  act("weight-decay", flags.weight_decay);
  act("schedule", flags.schedule);
  act("warmup", flags.warmup);
  act("drop-every", flags.drop_every);
  act("drop", flags.drop);
  act("clip-norm", flags.clip_norm);
  act("ema", flags.ema);
}

Optimizer optimizer_from(const RecipeFlags& flags) {
  Optimizer optimizer = *Kinds<Optimizer>::named(flags.optimizer);
  std::visit(
      [&](auto& each) {
        each.rate = flags.rate;
        if constexpr (requires { each.momentum; }) each.momentum = flags.momentum;
        if constexpr (requires { each.decay; }) each.decay = flags.weight_decay;
      },
      optimizer);
  return optimizer;
}

}  // namespace

void add_recipe_flags(Flags& command, RecipeFlags& flags) {
  constexpr std::uint64_t none = 0, most_steps = std::numeric_limits<std::uint32_t>::max();
  constexpr float largest_part = 0.99999f;
  const auto optimizers = Kinds<Optimizer>::names;
  const auto schedules = schedule_names();
  std::vector<std::string_view> losses = {"auto"};
  losses.insert(losses.end(), loss_names().begin(), loss_names().end());
  command.choice("--loss", flags.loss, losses, "auto: bce for a network that ends in a Sigmoid, else mse");
  command.choice("--optimizer", flags.optimizer, {optimizers.begin(), optimizers.end()},
                 "How gradients change weights");
  command.number("--lr", flags.rate, 1e-12f, 1e6f, "Learning rate, at its highest");
  command.number("--momentum", flags.momentum, 0.0f, largest_part, "Of sgd");
  command.number("--weight-decay", flags.weight_decay, 0.0f, 1e6f, "Of adamw");
  command.choice("--schedule", flags.schedule, {schedules.begin(), schedules.end()},
                 "How the learning rate goes over the run");
  command.number("--warmup", flags.warmup, none, most_steps,
                 "Steps over which the learning rate rises; of one-cycle 30% of the run where it is 0");
  command.number("--drop-every", flags.drop_every, none, most_steps,
                 "Steps after which the schedule 'step' drops the rate; 0: a third of the run");
  command.number("--drop", flags.drop, 0.0f, 1.0f, "What it multiplies the rate with");
  command.number("--clip-norm", flags.clip_norm, 0.0f, 1e6f, "Largest norm of all gradients together; 0: any");
  command.number("--ema", flags.ema, 0.0f, largest_part,
                 "Keep averaged weights: part of the average that a step keeps, 0.999 say; 0: do not");
}

void add_settings(nlohmann::ordered_json& settings, const RecipeFlags& flags) {
  for_each_flag(flags, [&]<class T>(const char* name, const T& value) {
    if constexpr (std::is_same_v<T, float>)
      settings[name] = pretty(value);
    else
      settings[name] = value;
  });
}

void restore_settings(RecipeFlags& flags, const Flags& given, const nlohmann::ordered_json& settings) {
  for_each_flag(flags, [&](const std::string& name, auto& value) {
    if (!given.given("--" + name) && settings.contains(name)) settings.at(name).get_to(value);
  });
}

void apply(const RecipeFlags& flags, TrainingPlan& plan) {
  plan.optimizer = optimizer_from(flags);
  if (flags.loss != "auto") plan.loss = loss_named(flags.loss);
  const auto kinds = schedule_names();
  plan.schedule.kind = static_cast<Schedule::Kind>(std::ranges::find(kinds, flags.schedule) - kinds.begin());
  plan.schedule.warmup = flags.warmup;
  plan.schedule.drop_every = flags.drop_every;
  plan.schedule.drop = pretty(flags.drop);
  plan.clip_norm = flags.clip_norm;
  plan.average_decay = flags.ema;
}

}  // namespace dae
