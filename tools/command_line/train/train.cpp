#include <memory>
#include <nlohmann/json.hpp>

#include "host/checkpoint/checkpoint.hpp"
#include "host/graph/summary.hpp"
#include "host/text/text.hpp"
#include "host/training/run_record.hpp"
#include "host/training/training_run.hpp"
#include "tools/command_line/command_line.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"
#include "tools/command_line/stop_signals.hpp"
#include "tools/command_line/train/train_flags.hpp"
#include "tools/command_line/train/training_display.hpp"
#include "tools/command_line/version.hpp"

namespace dae {
namespace {

using json = nlohmann::ordered_json;

/// Tells of a run on standard output, for people or for programs.
class RunReport : public RunObserver {
 public:
  explicit RunReport(const TrainFlags& flags) : flags_(flags), display_(silent()), events_(flags.json) {}

  template <class... T>
  void say(fmt::format_string<T...> format, T&&... values) const {
    if (!silent()) print_out(format, std::forward<T>(values)...);
  }
  void noted(std::string_view line) override { say("{}\n", line); }
  void prepared(const RunFacts& facts) override;
  void recorded(const json& record) override { events_.started(record, out()); }
  void progressed(const TrainingProgress& progress) override {
    display_.progressed(progress);
    events_.progressed(progress);
  }
  void epoch_ended(const EpochResult& result) override {
    display_.epoch_ended(result, facts_);
    events_.epoch_ended(result, facts_);
  }
  void ended(const json& result) override { events_.ended(result); }
  /// Says how it ended and what may be done next. Returns the exit code.
  int finish(const TrainingResult& result);

 private:
  [[nodiscard]] bool silent() const { return flags_.quiet || flags_.json; }
  [[nodiscard]] std::string out() const { return out_folder(flags_).string(); }

  const TrainFlags& flags_;
  RunFacts facts_;
  TrainingDisplay display_;
  TrainingEvents events_;
};

void RunReport::prepared(const RunFacts& facts) {
  facts_ = facts;
  say("\n{}\n", facts.summary);
  say("train on {} {} of {}, validate on {}; noise {}\n", with_commas(facts.images),
      facts.of_photos ? fmt::format("photos, {} crops an epoch of each,", flags_.data.crops) : "images",
      to_string(facts.sample), with_commas(facts.validation_images), facts.noise);
  if (const std::string recipe = describe_named_recipe(flags_); !recipe.empty()) say("{}\n", recipe);
  say("{}\n", describe(facts.memory));
  say("run in {}; Ctrl-C stops it and keeps its state\n\n", out());
}

int RunReport::finish(const TrainingResult& result) {
  display_.clear();
  if (result.end != TrainingEnd::finished) {
    say("stopped after step {}; go on with: dae-cuda train --resume --out {}\n", with_commas(result.step), out());
    return result.end == TrainingEnd::stop_requested ? exit_code::stopped : exit_code::ok;
  }
  if (flags_.target)
    say("{} --stop-at-val-loss {}\n", result.target_reached ? "reached" : "did not reach", *flags_.target);
  say("\nbest epoch: {}; see {}/report.html\n", result.best_epoch, out());
  say("next: dae-cuda evaluate --checkpoint {}/{}\n", out(), best_checkpoint);
  return exit_code::ok;
}

/// The run's own network where it goes on and no other is asked for, so that its JSON file need not be there any
/// longer.
Graph wanted_graph(const TrainFlags& flags, const Flags& given) {
  if (!flags.resume) return load_model(flags.model);
  Checkpoint checkpoint = load_checkpoint(out_folder(flags) / last_checkpoint);
  return given.given("--model") ? load_model(flags.model) : std::move(checkpoint.graph);
}

int run_train(TrainFlags& flags, const Flags& given) {
  catch_stop_signals();
  if (flags.resume && flags.overwrite) throw UsageError("--resume and --overwrite exclude each other");
  apply_named_recipe(flags, given);
  if (flags.resume) {
    const std::filesystem::path folder = out_folder(flags);
    flags.out = folder.string();
    const json record = read_record(folder);
    if (!record.is_null()) restore_settings(flags, given, record, folder / run_file);
  }
  settle_noise(flags, given);
  RunOptions options = run_options(flags, wanted_graph(flags, given));
  flags.data.train = images_for("--train-data", flags.data.train, given);
  std::error_code ignored;
  if (std::filesystem::exists(flags.data.train, ignored) && !is_photo_folder(flags.data.train))
    flags.data.validation = images_for("--val-data", flags.data.validation, given);
  options.data.train = flags.data.train;
  options.data.validation = flags.data.validation;
  options.settings = settings_json(flags);
  RunReport report(flags);
  std::unique_ptr<Device> device;
  const auto open = [&]() -> Device& {
    device = open_device(flags.device, [&](std::string_view line) { report.noted(line); });
    return *device;
  };
  return report.finish(train_run(open, options, report, stop_requested));
}

}  // namespace

void add_train(CommandLine& line) {
  const auto flags = std::make_shared<TrainFlags>();
  add_train_flags(line.add("train", "Train a network on images with added noise",
                           [=](const Flags& given) { return run_train(*flags, given); }),
                  *flags);
}

}  // namespace dae
