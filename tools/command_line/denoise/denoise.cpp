#include <malloc.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "host/checkpoint/checkpoint.hpp"
#include "host/checkpoint/recipe_json.hpp"
#include "host/cpu/runtime/thread_pool.hpp"
#include "host/files/atomic_file.hpp"
#include "host/files/folder_lock.hpp"
#include "host/files/sha256.hpp"
#include "host/text/json_text.hpp"
#include "tools/command_line/commands.hpp"
#include "tools/command_line/denoise/denoise_flags.hpp"
#include "tools/command_line/denoise/denoise_pipeline.hpp"
#include "tools/command_line/denoise/denoise_plan.hpp"
#include "tools/command_line/denoise/idx_run.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"
#include "tools/command_line/stop_signals.hpp"

namespace dae {
namespace {

/// Stands for the model and for all that decides what a result is.
std::string settings_hash(const Checkpoint& checkpoint, const DenoiseFlags& flags, const DenoiseOptions& options) {
  nlohmann::ordered_json all = {{"graph", to_json(checkpoint.graph)},
                                {"noise", noise_to_json(checkpoint.noise)},
                                {"strength", flags.strength},
                                {"tta", flags.tta},
                                {"format", flags.format},
                                {"quality", flags.quality},
                                {"limit", options.limit},
                                {"precision", flags.computation.precision}};
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

/// Denoisers for the threads that process, which share the CPU's threads and the memory.
class Denoisers {
 public:
  /// The first one takes the device that is there already.
  Denoisers(const DenoiseFlags& flags, const Checkpoint& checkpoint, Device& first, int count) {
    const std::size_t memory = (static_cast<std::size_t>(flags.max_memory) << 20) / static_cast<std::size_t>(count);
    const DenoiserOptions options{
        .windows = {.memory = memory, .batch = flags.batch, .computation = computation_from(flags.computation)},
        .strength = flags.strength,
        .tta = flags.tta};
    for (int i = 0; i < count; ++i) {
      if (i > 0) devices_.push_back(open(flags, count, {}));
      Device& device = i == 0 ? first : *devices_.back();
      owned_.push_back(std::make_unique<PhotoDenoiser>(device, checkpoint, options));
      all_.push_back(owned_.back().get());
    }
  }
  [[nodiscard]] std::span<PhotoDenoiser* const> all() const { return all_; }

  /// One of so many devices, each with its share of the CPU's threads.
  static std::unique_ptr<Device> open(const DenoiseFlags& flags, int count,
                                      const std::function<void(std::string_view)>& say) {
    DeviceFlags device = flags.device;
    if (count > 1) device.threads = std::max((device.threads > 0 ? device.threads : cpu::usable_cores()) / count, 1);
    return open_device(device, say);
  }

 private:
  std::vector<std::unique_ptr<Device>> devices_;
  std::vector<std::unique_ptr<PhotoDenoiser>> owned_;
  std::vector<PhotoDenoiser*> all_;
};

void run_idx_files(std::span<const DenoiseJob> jobs, const DenoiseFlags& flags, const DenoiseOptions& options,
                   const Checkpoint& checkpoint, Device& device, DenoiseReport& report, Manifest& manifest) {
  std::optional<TrainedNetwork> network;
  for (const DenoiseJob& job : jobs) {
    if (stop_requested()) return;
    try {
      if (!network)
        network = load_network(device, checkpoint, checkpoint.noise, flags.batch, computation_from(flags.computation));
      const FileStamp stamp = stamp_of(job.input);
      make_folder(job.output.parent_path());
      manifest.started(job);
      const std::size_t images = run_idx(job, options, *network, checkpoint.sample);
      report.done(job, images, stamp, nlohmann::ordered_json::object());
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
  // Before it is looked at, so that no other run changes it meanwhile.
  std::optional<FolderLock> lock;
  std::error_code ignored;
  if (std::filesystem::is_directory(flags.out, ignored)) lock.emplace(flags.out);
  Manifest manifest(flags.out, settings_hash(checkpoint, flags, options));
  DenoisePlan plan = plan_denoising(flags.inputs, options, manifest);
  DenoiseReport report(manifest, plan, flags.json);
  if (plan.jobs.empty()) return report.finish();
  // Pictures and programs of many sizes come and go on several threads: what is freed goes back to the system at once,
  // or the heaps would grow to the sum of their largest moments.
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);

  const auto say = [&](std::string_view line) {
    if (!flags.json) print_out("{}\n", line);
  };
  const std::unique_ptr<Device> device = Denoisers::open(flags, threads.process, say);
  const std::span<const DenoiseJob> pictures = pictures_first(plan.jobs);
  std::optional<Denoisers> denoisers;
  if (!pictures.empty()) denoisers.emplace(flags, checkpoint, *device, threads.process);
  make_folder(flags.out);
  if (!lock) lock.emplace(flags.out);
  clean_up(options, plan);
  manifest.open();
  catch_stop_signals();
  if (denoisers) PictureRun(options, pictures, report, manifest)(threads, denoisers->all());
  run_idx_files(std::span(plan.jobs).subspan(pictures.size()), flags, options, checkpoint, *device, report, manifest);
  const int code = report.finish();
  return stop_requested() ? exit_code::stopped : code;
}

}  // namespace

void add_denoise(CommandLine& line) {
  const auto flags = std::make_shared<DenoiseFlags>();
  Flags& command = line.add("denoise", "Denoise pictures of any size, folders of them, or IDX files",
                            [=](const Flags& given) { return run_denoise(*flags, given); });
  add_flags(command, *flags);
}

}  // namespace dae
