#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "host/atomic_file.hpp"
#include "host/checkpoint.hpp"
#include "host/cpu/thread_pool.hpp"
#include "host/folder_lock.hpp"
#include "host/json_text.hpp"
#include "host/recipe_json.hpp"
#include "host/sha256.hpp"
#include "tools/command_line/commands.hpp"
#include "tools/command_line/denoise_plan.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/idx_run.hpp"
#include "tools/command_line/output.hpp"
#include "tools/command_line/picture_run.hpp"
#include "tools/command_line/stop_signals.hpp"

namespace dae {
namespace {

struct DenoiseFlags {
  std::vector<std::string> inputs;
  std::string checkpoint, out, if_exists = "error", format = "same", jobs = "1:1:1";
  int quality = 95, max_memory = 1024;
  float strength = 1;
  bool tta = false, recursive = false;
  std::size_t max_pixels = picture_limit;
  std::optional<float> add_noise;
  std::optional<std::size_t> limit;
  std::uint64_t seed = 1;
  int batch = 128;
  bool json = false;
  DeviceFlags device;
};

DenoiseOptions denoise_options(const DenoiseFlags& flags, const Checkpoint& checkpoint) {
  DenoiseOptions options;
  options.out = flags.out;
  options.limit = flags.limit.value_or(0);
  if (flags.format != "same") options.format = &codec_named(flags.format);
  options.encode.quality = flags.quality;
  options.recursive = flags.recursive;
  options.most_pixels = flags.max_pixels;
  if (flags.if_exists == "rename") options.if_exists = IfExists::rename;
  if (flags.if_exists == "overwrite") options.if_exists = IfExists::overwrite;
  if (flags.if_exists == "skip") options.if_exists = IfExists::skip;
  if (flags.add_noise) {
    options.add_noise = {.parts = {Gaussian{*flags.add_noise}}, .clip = checkpoint.noise.clip, .seed = flags.seed};
  }
  return options;
}

/// "2:1:4".
StageThreads parse_jobs(const std::string& text) {
  constexpr int most = 64;
  StageThreads threads;
  std::string_view rest = text;
  for (int* const count : {&threads.load, &threads.process, &threads.save}) {
    const bool last = count == &threads.save;
    const std::size_t end = last ? rest.size() : rest.find(':');
    if (end == std::string_view::npos)
      throw UsageError(fmt::format("--jobs needs three numbers as in 2:1:2, not {}", quote(text)));
    *count = parse_number("--jobs", rest.substr(0, end), 1, most);
    rest.remove_prefix(std::min(rest.size(), end + 1));
  }
  return threads;
}

/// Stands for the model and for all that decides what a result is.
std::string settings_hash(const Checkpoint& checkpoint, const DenoiseFlags& flags, const DenoiseOptions& options) {
  nlohmann::ordered_json all = {{"graph", to_json(checkpoint.graph)},
                                {"noise", noise_to_json(checkpoint.noise)},
                                {"strength", flags.strength},
                                {"tta", flags.tta},
                                {"format", flags.format},
                                {"quality", flags.quality},
                                {"limit", options.limit}};
  if (options.add_noise) all["add_noise"] = noise_to_json(*options.add_noise);
  const std::string text = all.dump();
  const auto bytes = [](const auto& values) {
    const auto raw = std::as_bytes(std::span(values));
    return std::span(reinterpret_cast<const std::uint8_t*>(raw.data()), raw.size());
  };
  Sha256 hash;
  hash.add(bytes(checkpoint.weights));
  hash.add(bytes(text));
  return hash.finish().substr(0, 16);
}

/// What a killed run left where results go.
void clean_up(const DenoiseOptions& options, const DenoisePlan& plan) {
  std::set<std::filesystem::path> folders = {options.out};
  for (const DenoiseJob& job : plan.jobs) folders.insert(job.output.parent_path());
  for (const std::filesystem::path& folder : folders) remove_temporaries(folder);
}

std::span<const DenoiseJob> pictures_first(std::vector<DenoiseJob>& jobs) {
  const auto idx = std::stable_partition(jobs.begin(), jobs.end(),
                                         [](const DenoiseJob& job) { return job.kind == DenoiseJob::Kind::picture; });
  return {jobs.data(), static_cast<std::size_t>(idx - jobs.begin())};
}

/// Devices for the threads that process, which share the CPU's threads and the memory.
class Denoisers {
 public:
  Denoisers(const DenoiseFlags& flags, const Checkpoint& checkpoint, Device& first, int count)
      : flags_(flags), checkpoint_(checkpoint), first_(first), count_(count) {}

  std::unique_ptr<PhotoDenoiser> make() {
    Device* device = &first_;
    if (made_++ > 0)
      device = others_.emplace_back(open_device(flags_.device.device, {.threads = share_of(flags_, count_), .say = {}}))
                   .get();
    const std::size_t memory = (static_cast<std::size_t>(flags_.max_memory) << 20) / static_cast<std::size_t>(count_);
    return std::make_unique<PhotoDenoiser>(
        *device, checkpoint_,
        DenoiserOptions{.tiles = {.memory = memory, .batch = std::min(flags_.batch, 16), .stop = stop_requested},
                        .strength = flags_.strength,
                        .tta = flags_.tta});
  }

  /// Threads of each of so many CPU devices.
  static int share_of(const DenoiseFlags& flags, int count) {
    if (count == 1) return flags.device.threads;
    const int all = flags.device.threads > 0 ? flags.device.threads : cpu::usable_cores();
    return std::max(all / count, 1);
  }

 private:
  const DenoiseFlags& flags_;
  const Checkpoint& checkpoint_;
  Device& first_;
  int count_, made_ = 0;
  std::vector<std::unique_ptr<Device>> others_;
};

void run_idx_files(std::span<const DenoiseJob> jobs, const DenoiseFlags& flags, const DenoiseOptions& options,
                   const Checkpoint& checkpoint, Device& device, DenoiseReport& report, Journal& journal) {
  std::optional<TrainedNetwork> network;
  for (const DenoiseJob& job : jobs) {
    if (stop_requested()) return;
    try {
      if (!network) network = load_network(device, checkpoint, checkpoint.noise, flags.batch);
      const FileStamp stamp = stamp_of(job.input);
      make_folder(job.output.parent_path());
      journal.started(job);
      const std::size_t images = run_idx(job, options, *network, checkpoint.sample);
      report.done(job, images, stamp, nlohmann::ordered_json::object(), images * checkpoint.sample.sample_size());
    } catch (const std::exception&) {
      report.failed(job, std::current_exception());
    }
    report.tick();
  }
}

int run_denoise(const DenoiseFlags& flags, const Flags& command) {
  command.require("--checkpoint");
  command.require("--out");
  if (flags.inputs.empty()) throw UsageError("denoise needs a picture, an IDX file or a folder to denoise");
  const StageThreads threads = parse_jobs(flags.jobs);
  const Checkpoint checkpoint = load_checkpoint(flags.checkpoint);
  const DenoiseOptions options = denoise_options(flags, checkpoint);
  Journal journal(flags.out, settings_hash(checkpoint, flags, options));
  DenoisePlan plan = plan_denoising(flags.inputs, options, journal);
  DenoiseReport report(journal, plan, flags.json);
  if (plan.jobs.empty()) return report.finish();

  const auto say = [&](std::string_view line) {
    if (!flags.json) print_out("{}\n", line);
  };
  const std::unique_ptr<Device> device =
      open_device(flags.device.device, {Denoisers::share_of(flags, threads.process), say});
  make_folder(flags.out);
  const FolderLock lock(flags.out);
  clean_up(options, plan);
  journal.open();
  catch_stop_signals();
  const std::span<const DenoiseJob> pictures = pictures_first(plan.jobs);
  {
    Denoisers denoisers(flags, checkpoint, *device, threads.process);
    PictureRun run(options, pictures, report, journal);
    run(threads, [&] { return denoisers.make(); });
  }
  run_idx_files(std::span(plan.jobs).subspan(pictures.size()), flags, options, checkpoint, *device, report, journal);
  const int code = report.finish();
  return stop_requested() ? exit_code::stopped : code;
}

}  // namespace

void add_denoise(CommandLine& line) {
  const auto flags = std::make_shared<DenoiseFlags>();
  Flags& command = line.add("denoise", "Denoise pictures of any size, folders of them, or IDX files",
                            [=](const Flags& given) { return run_denoise(*flags, given); });
  command.inputs(
      "INPUT", flags->inputs,
      "Pictures (PNG, JPEG, TIFF, WebP, PNM), folders of them, patterns such as 'shots/*.png', IDX files, or "
      "a folder with MNIST's test images");
  command.text("--checkpoint", "FILE", flags->checkpoint, "The network: best.safetensors of a run");
  command.text("--out", "DIR", flags->out, "Folder for the results, under the inputs' names, and for manifest.jsonl");
  command.choice("--if-exists", flags->if_exists, {"error", "skip", "overwrite", "rename"},
                 "What becomes of results that are there already; skip goes on where an earlier run with the same "
                 "model and settings stopped");
  command.toggle("--recursive", flags->recursive, "Also what lies in the folders of a folder; the tree is kept");
  command.choice("--format", flags->format, {"same", "png", "jpeg", "tiff", "webp", "pnm"},
                 "Format of the results; the images of an IDX file become a folder of such files");
  command.number("--quality", flags->quality, 1, 100, "Of JPEG and WebP; WebP of 100 is lossless");
  command.number("--strength", flags->strength, 0.0f, 1.0f,
                 "1 takes the network's answer, 0 leaves a picture as it is");
  command.toggle("--tta", flags->tta, "The mean of the answers to all eight orientations; eight times the work");
  command.number("--max-memory", flags->max_memory, 16, 1 << 20, "MiB that the network may take");
  command.number("--max-pixels", flags->max_pixels, std::size_t{1}, std::size_t{1} << 40,
                 "Pictures with more pixels are refused");
  command.text("--jobs", "L:P:S", flags->jobs,
               "Threads that load, process and save. Each that processes has a device of its own, with its part of "
               "--threads and --max-memory");
  command.number("--add-noise", flags->add_noise, 0.0f, most_noise,
                 "Add noise of this sigma first, and write the noisy image too, as NAME-noisy");
  command.number("--seed", flags->seed, least_seed, most_seed, "Of that noise");
  command.number("--limit", flags->limit, least_limit, most_limit, "Only the first N images of an IDX file");
  command.number("--batch", flags->batch, 1, most_batch, "Images a pass");
  command.device(flags->device);
  command.toggle("--json", flags->json, "Print one JSON object a file and nothing else");
}

}  // namespace dae
