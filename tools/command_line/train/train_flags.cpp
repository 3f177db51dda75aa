#include "tools/command_line/train/train_flags.hpp"

#include <nlohmann/json.hpp>

#include "host/noise/noise_text.hpp"
#include "host/text/json_text.hpp"
#include "host/text/text.hpp"
#include "tools/command_line/version.hpp"

namespace dae {
namespace {

using json = nlohmann::ordered_json;

/// An absolute path where there is such a file, else the text as it is (a preset's name).
std::string located(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error) ? std::filesystem::absolute(path).lexically_normal().string() : path;
}

/// Plain Gaussian noise is a number.
json noise_setting(const std::string& text) {
  const std::vector<NoisePart> parts = parse_noise("--noise", text);
  const auto* const gaussian = parts.size() == 1 ? std::get_if<Gaussian>(&parts.front()) : nullptr;
  if (gaussian != nullptr && gaussian->max <= gaussian->sigma) return pretty(gaussian->sigma);
  return noise_text(parts);
}

}  // namespace

void add_train_flags(Flags& command, TrainFlags& flags) {
  constexpr std::uint64_t none = 0, one = 1, most = std::numeric_limits<std::uint32_t>::max();
  command.text("--model", "PRESET|FILE.json", flags.model,
               "A network of this program, conv-dae-32 or dncnn for example, or a JSON file");
  command.text("--train-data,--clean", "PATH", flags.data.train,
               "IDX file, plain or gzip, a folder with MNIST's names, or a folder of photos");
  command.text("--val-data", "PATH", flags.data.validation,
               "Likewise, to validate on; of photos every tenth of --train-data where not given");
  command.text("--noisy", "DIR", flags.data.noisy,
               "Photos: noisy counterparts of those in --clean, by relative name; no noise is drawn then");
  command.text("--val-noisy", "DIR", flags.data.validation_noisy, "Likewise of those in --val-data");
  command.number("--patch", flags.data.patch, 8, 4096, "Photos: side of the square crops, in pixels");
  command.number("--crops", flags.data.crops, 1, 1 << 20, "Photos: random crops of each an epoch, flipped and turned");
  command.choice("--recipe", flags.recipe_name, {"default", "fast"},
                 "fast: for digits; flags that are not given are --epochs 1 --epoch-images 6000 --batch 16 --lr 0.02 "
                 "--schedule one-cycle --clip-norm 0.1, for a twentieth of the default's time");
  command.number("--cache-mb", flags.data.cache_mb, 0, 1 << 30,
                 "Photos: pixels to keep in memory, the others are read in every epoch; 0: half of what there is");
  command.number("--loaders", flags.data.loaders, 0, most_threads, "Photos: threads that read them; 0: one a core");
  command.number("--epochs", flags.epochs, one, most, "Passes over the training images");
  command.number("--epoch-images", flags.epoch_images, none, most,
                 "Validate after every N images and call that an epoch; 0: after all of them");
  command.number("--stop-at-val-loss", flags.target, 0.0, 1e6, "Be done after the epoch whose val_loss is at most N");
  command.number("--batch", flags.batch, 1, most_batch, "Images a step");
  add_recipe_flags(command, flags.recipe);
  command.text("--noise", "NOISE", flags.noise,
               fmt::format("Sigma of Gaussian noise, the images' range being 1; or {}, several joined by +, or none",
                           noise_examples()));
  command.choice("--noise-draw", flags.noise_draw, {"static", "fresh"},
                 "static: an image keeps its noise; fresh: new in every epoch");
  command.toggle("--clip,!--no-clip", flags.clip, "Clip noisy images to 0..1, which is the default, or do not");
  command.number("--seed", flags.seed, least_seed, most_seed, "Of weights, order and noise");
  command.device(flags.device);
  add_computation_flags(command, flags.computation);
  command.text("--out", "DIR", flags.out, "Folder of the run; runs/MODEL where not given");
  command.toggle("--resume", flags.resume,
                 "Go on with the run in --out; flags that are not given are as it was started, --epochs may grow");
  command.toggle("--overwrite", flags.overwrite, "Start over where --out holds a run already");
  command.number("--limit", flags.limit, least_limit, most_limit, "Use only the first N images of each set");
  command.number("--stop-after-steps", flags.stop_after_steps, one, most_seed,
                 "Stop as Ctrl-C does, but with exit code 0");
  command.toggle("--quiet", flags.quiet, "Print nothing but errors");
  command.text("--tensorboard", "DIR", flags.tensorboard, "Write an event file for TensorBoard into this folder");
  command.toggle("--json", flags.json, "Print one JSON object a line and nothing else");
}

void settle_noise(TrainFlags& flags, const Flags& given) {
  if (flags.data.noisy.empty()) return;
  if (given.given("--noise") && flags.noise != "none")
    throw UsageError("--noise and --noisy exclude each other: the noisy photos have theirs");
  flags.noise = "none";
}

std::filesystem::path out_folder(const TrainFlags& flags) {
  if (!flags.out.empty()) return flags.out;
  return std::filesystem::path("runs") / std::filesystem::path(flags.model).stem();
}

json settings_json(const TrainFlags& flags) {
  json settings = {{"model", located(flags.model)},
                   {"train-data", located(flags.data.train)},
                   {"val-data", located(flags.data.validation)},
                   {"noisy", located(flags.data.noisy)},
                   {"val-noisy", located(flags.data.validation_noisy)},
                   {"patch", flags.data.patch},
                   {"crops", flags.data.crops},
                   {"recipe", flags.recipe_name},
                   {"epochs", flags.epochs},
                   {"epoch-images", flags.epoch_images},
                   {"batch", flags.batch},
                   {"noise", noise_setting(flags.noise)},
                   {"noise-draw", flags.noise_draw},
                   {"clip", flags.clip},
                   {"seed", flags.seed},
                   {"limit", flags.limit.value_or(0)},
                   {"precision", flags.computation.precision},
                   {"deterministic", flags.computation.deterministic},
                   {"workspace-mb", flags.computation.workspace_mb}};
  if (flags.target) settings["stop-at-val-loss"] = *flags.target;
  add_settings(settings, flags.recipe);
  return settings;
}

void restore_settings(TrainFlags& flags, const Flags& given, const json& record, const std::filesystem::path& file) {
  const auto restore = [&](const std::string& name, auto& value) {
    if (!given.given("--" + name)) record.at("settings").at(name).get_to(value);
  };
  try {
    restore("model", flags.model);
    restore("train-data", flags.data.train);
    restore("val-data", flags.data.validation);
    if (record.at("settings").contains("patch")) {
      restore("patch", flags.data.patch);
      restore("crops", flags.data.crops);
    }
    if (record.at("settings").contains("noisy")) {
      restore("noisy", flags.data.noisy);
      restore("val-noisy", flags.data.validation_noisy);
    }
    if (record.at("settings").contains("precision")) {
      restore("precision", flags.computation.precision);
      restore("deterministic", flags.computation.deterministic);
      restore("workspace-mb", flags.computation.workspace_mb);
    }
    restore_named_recipe(flags, given, record.at("settings"));
    if (record.at("settings").contains("epoch-images")) restore("epoch-images", flags.epoch_images);
    if (!given.given("--stop-at-val-loss") && record.at("settings").contains("stop-at-val-loss"))
      flags.target = record.at("settings").at("stop-at-val-loss").get<double>();
    restore("epochs", flags.epochs);
    restore("batch", flags.batch);
    restore_settings(flags.recipe, given, record.at("settings"));
    if (const json& noise = record.at("settings").at("noise"); !given.given("--noise"))
      flags.noise = noise.is_number() ? fmt::format("{}", noise.get<float>()) : noise.get<std::string>();
    restore("noise-draw", flags.noise_draw);
    restore("clip", flags.clip);
    restore("seed", flags.seed);
    std::size_t limit = flags.limit.value_or(0);
    restore("limit", limit);
    if (limit > 0) flags.limit = limit;
  } catch (const json::exception&) {
    throw InputError(fmt::format("{}: its settings are not those of a training run", quote_path(file)));
  }
}

RunOptions run_options(const TrainFlags& flags, Graph graph) {
  RunOptions options;
  options.data = flags.data;
  options.overwrite = flags.overwrite;
  options.tensorboard = flags.tensorboard;
  options.program = describe_program();
  options.threads = flags.device.threads;
  options.data.limit = flags.limit.value_or(0);
  TrainingPlan& plan = options.plan;
  plan.graph = std::move(graph);
  plan.epochs = flags.epochs;
  plan.epoch_images = flags.epoch_images;
  plan.target = flags.target;
  plan.batch = flags.batch;
  apply(flags.recipe, plan);
  plan.noise = {.parts = parse_noise("--noise", flags.noise), .clip = flags.clip, .seed = flags.seed};
  plan.draw = flags.noise_draw == "static" ? NoiseDraw::once : NoiseDraw::fresh;
  plan.computation = computation_from(flags.computation);
  plan.out = out_folder(flags);
  plan.resume = flags.resume;
  plan.stop_after_steps = flags.stop_after_steps;
  return options;
}

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
