#include "host/training/training_position.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "dae/error.hpp"
#include "host/graph/loss.hpp"
#include "host/noise/noise_text.hpp"
#include "host/training/epoch_feed.hpp"

namespace dae {
namespace {

using nlohmann::json;

json describe(const DeviceSet& set) {
  return {{"images", set.shape.n}, {"shape", to_string(set.shape)}, {"crc32", fmt::format("{:08x}", set.checksum)}};
}

/// The settings that must be the same to go on, by their flags' names.
json settings(const TrainingPlan& plan, const DeviceSet& train, const DeviceSet& validation) {
  json all = {{"--batch", plan.batch},
              {"--noise-draw", plan.draw == NoiseDraw::once ? "static" : "fresh"},
              {"--train-data", describe(train)},
              {"--val-data", describe(validation)}};
  // Settings that are not used are not written, so that runs of before these settings were there can go on.
  const Loss loss = plan.loss.value_or(usual_loss(plan.graph));
  if (loss.index() != usual_loss(plan.graph).index()) all["--loss"] = loss_name(loss);
  if (plan.epoch_images > 0) all["--epoch-images"] = plan.epoch_images;
  if (plan.schedule != Schedule{}) all["--schedule"] = schedule_to_json(plan.schedule);
  if (plan.clip_norm > 0) all["--clip-norm"] = plan.clip_norm;
  if (plan.average_decay > 0) all["--ema"] = plan.average_decay;
  if (needs_length(plan.schedule)) all["--epochs"] = plan.epochs;
  return all;
}

void require_same(std::string_view flag, const std::string& now, const std::string& before) {
  if (now == before) return;
  throw UsageError(fmt::format("--resume: {} is {}, but the run was started with {}", flag, now, before));
}

void require_same_recipe(const Checkpoint& checkpoint, const TrainingPlan& plan) {
  if (checkpoint.graph != plan.graph) {
    throw UsageError(fmt::format("--resume: --model {} is not the network that the run was started with ({})",
                                 plan.graph.name, checkpoint.graph.name));
  }
  require_same("--lr", fmt::format("{}", rate_of(plan.optimizer)), fmt::format("{}", rate_of(checkpoint.optimizer)));
  if (plan.optimizer != checkpoint.optimizer)
    throw UsageError("--resume: the optimizer is not the one that the run was started with");
  require_same("--seed", fmt::format("{}", plan.noise.seed), fmt::format("{}", checkpoint.noise.seed));
  require_same("--noise", describe(plan.noise), describe(checkpoint.noise));
}

}  // namespace

std::string describe_run(const TrainingPosition& position, const TrainingPlan& plan, const DeviceSet& train,
                         const DeviceSet& validation) {
  const json best = position.best ? json(*position.best) : json();
  return json{{"epoch", position.epoch},           {"samples", position.samples},
              {"loss_sum", position.loss_sum},     {"best", best},
              {"best_epoch", position.best_epoch}, {"settings", settings(plan, train, validation)}}
      .dump();
}

TrainingPosition position_to_resume(const Checkpoint& checkpoint, const TrainingPlan& plan, const DeviceSet& train,
                                    const DeviceSet& validation) {
  require_same_recipe(checkpoint, plan);
  TrainingPosition position;
  json before;
  try {
    const json run = json::parse(checkpoint.run);
    run.at("epoch").get_to(position.epoch);
    run.at("samples").get_to(position.samples);
    run.at("loss_sum").get_to(position.loss_sum);
    run.at("best_epoch").get_to(position.best_epoch);
    if (!run.at("best").is_null()) position.best = run.at("best").get<double>();
    before = run.at("settings");
  } catch (const json::exception&) {
    throw InputError(fmt::format("{}: holds no state of a training run to go on from", last_checkpoint));
  }
  const json now = settings(plan, train, validation);
  if (!before.is_object()) before = json::object();
  const auto text = [](const json& all, const std::string& flag) {
    return all.contains(flag) ? all[flag].dump() : "as usual";
  };
  for (const json* either : {&now, static_cast<const json*>(&before)})
    for (const auto& [flag, value] : either->items()) require_same(flag, text(now, flag), text(before, flag));
  if (position.epoch < 1 || position.samples > samples_an_epoch(plan, train)) {
    throw InputError(fmt::format("{}: its place in the run is not possible", last_checkpoint));
  }
  return position;
}

}  // namespace dae
