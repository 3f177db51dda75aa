#include "tools/command_line/train/training_events.hpp"

#include <nlohmann/json.hpp>

#include "host/text/json_text.hpp"
#include "tools/command_line/output.hpp"

namespace dae {
namespace {

using json = nlohmann::ordered_json;

void print(const char* event, const json& values) {
  json object = {{"event", event}};
  object.update(values);
  print_out("{}\n", dump_json(object));
}

}  // namespace

void TrainingEvents::started(const json& record, const std::string& folder) const {
  if (!wanted_) return;
  print("start", {{"out", folder},
                  {"device", record.at("device")},
                  {"settings", record.at("settings")},
                  {"data", record.at("data")},
                  {"parameters", record.at("model").at("parameters")}});
}

void TrainingEvents::progressed(const TrainingProgress& progress) {
  const auto now = std::chrono::steady_clock::now();
  if (!wanted_ || now - printed_ < std::chrono::seconds(1)) return;
  printed_ = now;
  json values = {{"step", progress.step},
                 {"epoch", progress.epoch},
                 {"samples", progress.samples},
                 {"epoch_samples", progress.epoch_samples},
                 {"loss", progress.loss},
                 {"images_per_s", progress.images_per_s},
                 {"seconds_left", progress.seconds_left}};
  if (progress.wait_ms) values["wait_ms"] = *progress.wait_ms;
  print("progress", values);
}

void TrainingEvents::epoch_ended(const EpochResult& result, const RunFacts& facts) const {
  if (!wanted_) return;
  json values = {{"epoch", result.epoch},       {"epochs", result.epochs},     {"loss", result.loss},
                 {"val_loss", result.val_loss}, {"val_psnr", result.val_psnr}, {"noisy_psnr", facts.noisy_psnr},
                 {"noise", facts.noise},        {"seconds", result.seconds},   {"images_per_s", result.images_per_s},
                 {"best", result.best}};
  if (facts.floor) values["bce_floor"] = *facts.floor;
  if (result.wait_ms) values["wait_ms"] = *result.wait_ms;
  print("epoch", values);
}

void TrainingEvents::ended(const json& result) const {
  if (wanted_) print("end", result);
}

}  // namespace dae
