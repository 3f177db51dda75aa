#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "host/checkpoint/checkpoint.hpp"
#include "host/evaluation/evaluation.hpp"
#include "host/files/atomic_file.hpp"
#include "host/files/folder_lock.hpp"
#include "host/graph/loss.hpp"
#include "host/graph/summary.hpp"
#include "host/noise/noise_text.hpp"
#include "host/text/text.hpp"
#include "tools/command_line/commands.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"
#include "tools/command_line/stop_signals.hpp"
#include "tools/command_line/train/named_recipe.hpp"
#include "tools/command_line/train/report.hpp"
#include "tools/command_line/train/run_record.hpp"
#include "tools/command_line/train/tensorboard.hpp"
#include "tools/command_line/train/train_flags.hpp"
#include "tools/command_line/train/training_data.hpp"
#include "tools/command_line/train/training_display.hpp"
#include "tools/command_line/train/training_events.hpp"
#include "tools/command_line/train/training_plots.hpp"

namespace dae {
namespace {

using json = nlohmann::ordered_json;

/// One run of `train`.
class Run : public TrainingObserver {
 public:
  /// `own_validation`: --val-data holds photos.
  Run(const TrainFlags& flags, Graph graph, bool own_validation);
  int operator()();

  void starting(const ChosenPlans& plans) override;
  void progressed(const TrainingProgress& progress) override {
    display_->progressed(progress);
    events_.progressed(progress);
  }
  void epoch_ended(const EpochResult& result) override;

 private:
  template <class... T>
  void say(fmt::format_string<T...> format, T&&... values) const {
    if (!silent()) print_out(format, std::forward<T>(values)...);
  }
  [[nodiscard]] bool silent() const { return flags_.quiet || flags_.json; }
  /// What is drawn, or where the noisy photos come from.
  [[nodiscard]] std::string noise_text() const {
    return flags_.noisy.empty() ? fmt::format("{}, {}", describe(plan_.noise), flags_.noise_draw)
                                : "of the photos in " + flags_.noisy;
  }
  void refuse_old_run() const;
  void claim_folder();
  void prepare();
  int end(const TrainingResult& result);

  const TrainFlags& flags_;
  bool own_validation_;
  TrainingPlan plan_;
  std::unique_ptr<Device> device_;
  DeviceSet train_set_, validation_set_;
  ImageSet shown_;
  std::optional<double> floor_;
  double noisy_psnr_ = 0;
  json record_;
  std::optional<FolderLock> lock_;
  std::optional<TrainingDisplay> display_;
  TrainingEvents events_;
  std::optional<TensorBoard> tensorboard_;
  std::string summary_;
  std::chrono::steady_clock::time_point drawn_{};
  std::chrono::steady_clock::duration drawing_{};  ///< How long it took.
};

Run::Run(const TrainFlags& flags, Graph graph, bool own_validation)
    : flags_(flags), own_validation_(own_validation), plan_(plan_from(flags)), events_(flags.json) {
  plan_.graph = std::move(graph);
}

/// Reads the data, then opens the device and copies it there; what is wrong with a file is said before anything else.
void Run::prepare() {
  TrainingData data =
      read_training_data(flags_, own_validation_, plan_.graph, [&](std::string_view line) { say("{}\n", line); });
  const ImageSet& validation_images = data.validation;
  device_ = open_device(flags_.device, [&](std::string_view line) { say("{}\n", line); });
  const Shape sample = data.sample();
  summary_ = summary_table(plan_.graph, sample);
  say("\n{}\n", summary_);
  const std::size_t images =
      data.of_photos() ? data.photos.photos.size() : static_cast<std::size_t>(data.images.shape.n);
  say("train on {} {} of {}, validate on {}; noise {}\n", with_commas(images),
      data.of_photos() ? fmt::format("photos, {} crops an epoch of each,", flags_.crops) : "images", to_string(sample),
      with_commas(static_cast<std::uint64_t>(validation_images.shape.n)), noise_text());
  if (const std::string recipe = describe_named_recipe(flags_); !recipe.empty()) say("{}\n", recipe);
  if (std::holds_alternative<Bce>(plan_.loss.value_or(usual_loss(plan_.graph)))) floor_ = bce_floor(validation_images);
  noisy_psnr_ = noisy_psnr(validation_images, plan_.noise);
  display_.emplace(silent(), TrainingDisplay::Beside{noisy_psnr_, noise_text(), floor_});
  shown_ = images_to_show(validation_images);
  record_ = {{"program", describe_program()}, {"settings", settings_json(flags_)},
             {"device", device_->name()},     {"threads", flags_.device.threads},
             {"data", data.record},           {"model", describe_model(plan_.graph, sample)}};
  train_set_ = data.upload(*device_, flags_);
  validation_set_ = upload(*device_, validation_images);
  check_shapes(plan_.graph, train_set_.shape, validation_set_.shape);
  const MemoryPlan memory = device_->plan(plan_.graph, spec_for(plan_, sample, Mode::train, train_set_.shape.n));
  say("{}\n", describe(memory));
}

void Run::starting(const ChosenPlans& plans) {
  if (!lock_) claim_folder();
  if (!plan_.resume) {
    std::error_code error;  // What cannot be removed cannot be written over either, and is reported then.
    for (const char* file : {"loss.svg", "samples.png", "report.html"})
      std::filesystem::remove(plan_.out / file, error);
  }
  if (plans != ChosenPlans{}) record_["plans"] = describe_plans(plans);
  write_record(plan_.out, record_);
  events_.started(record_, plan_.out.string());
  const bool goes_on = plan_.resume && !flags_.tensorboard.empty();
  tensorboard_.emplace(flags_.tensorboard, plan_.out, goes_on ? load_checkpoint(plan_.out / last_checkpoint).step : 0);
}

void Run::epoch_ended(const EpochResult& result) {
  display_->epoch_ended(result);
  events_.epoch_ended(result, {noisy_psnr_, noise_text(), floor_});
  tensorboard_->epoch_ended(result);
  // Drawing reads the run's tables again: no more often than that it costs a fiftieth of the time.
  const auto start = std::chrono::steady_clock::now();
  if (start - drawn_ < 50 * drawing_) return;
  write_loss_curve(plan_, train_set_, validation_set_, floor_);
  drawn_ = std::chrono::steady_clock::now();
  drawing_ = drawn_ - start;
}

/// Throws UsageError when the folder holds a run that nobody wants to go on with or to lose.
void Run::refuse_old_run() const {
  std::error_code error;
  if (plan_.resume || flags_.overwrite || !std::filesystem::exists(plan_.out / last_checkpoint, error)) return;
  throw UsageError(
      fmt::format("--out {} holds a run already; go on with it (--resume), start over (--overwrite) or give "
                  "another folder",
                  plan_.out.string()));
}

/// From here on the folder is this run's alone.
void Run::claim_folder() {
  make_folder(plan_.out);
  lock_.emplace(plan_.out);
  remove_temporaries(plan_.out);
  refuse_old_run();  // Another process may have made one meanwhile.
}

int Run::operator()() {
  refuse_old_run();
  if (plan_.resume) claim_folder();
  prepare();
  say("run in {}; Ctrl-C stops it and keeps its state\n\n", plan_.out.string());
  return end(train(*device_, plan_, train_set_, validation_set_, *this, stop_requested));
}

int Run::end(const TrainingResult& result) {
  display_->clear();
  write_loss_curve(plan_, train_set_, validation_set_, floor_);
  const SampleRows samples = sample_rows(*device_, plan_, shown_);
  const Picture picture = sample_picture(samples);
  write_png(plan_.out / "samples.png", picture);
  const bool finished = result.end == TrainingEnd::finished;
  record_["result"] = {{"end", finished ? "finished" : "stopped"},
                       {"steps", result.step},
                       {"epochs", result.epochs_done},
                       {"best_epoch", result.best_epoch}};
  if (plan_.target) record_["result"]["target_reached"] = result.target_reached;
  if (result.wait_ms) record_["result"]["wait_ms"] = *result.wait_ms;
  write_record(plan_.out, record_);
  tensorboard_->ended(picture);
  write_report(plan_, {record_, summary_, noisy_psnr_, floor_}, samples);
  events_.ended(record_["result"]);
  const std::string folder = plan_.out.string();
  if (!finished) {
    say("stopped after step {}; go on with: dae-cuda train --resume --out {}\n", with_commas(result.step), folder);
    return result.end == TrainingEnd::stop_requested ? exit_code::stopped : exit_code::ok;
  }
  if (plan_.target)
    say("{} --stop-at-val-loss {}\n", result.target_reached ? "reached" : "did not reach", *plan_.target);
  say("\nbest epoch: {}; see {}/report.html\n", result.best_epoch, folder);
  say("next: dae-cuda evaluate --checkpoint {}/{}\n", folder, best_checkpoint);
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
  Run run(flags, wanted_graph(flags, given), is_photo_folder(flags.val_data));
  flags.train_data = images_for("--train-data", flags.train_data, given);
  std::error_code ignored;
  if (std::filesystem::exists(flags.train_data, ignored) && !is_photo_folder(flags.train_data))
    flags.val_data = images_for("--val-data", flags.val_data, given);
  return run();
}

}  // namespace

void add_train(CommandLine& line) {
  const auto flags = std::make_shared<TrainFlags>();
  add_train_flags(line.add("train", "Train a network on images with added noise",
                           [=](const Flags& given) { return run_train(*flags, given); }),
                  *flags);
}

}  // namespace dae
