#include "host/denoise/denoise_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "dae/error.hpp"
#include "host/checkpoint/checkpoint_metadata.hpp"
#include "host/cpu/runtime/thread_pool.hpp"
#include "host/denoise/denoise_pipeline.hpp"
#include "host/files/atomic_file.hpp"
#include "host/files/folder_lock.hpp"
#include "host/files/sha256.hpp"

namespace dae {
namespace {

/// Stands for the model and for all that decides what a result is.
std::string settings_hash(const Checkpoint& checkpoint, const DenoiseOptions& options) {
  const Precision precision = options.network.windows.computation.precision;
  nlohmann::ordered_json all = {{"graph", to_json(checkpoint.graph)},
                                {"noise", noise_to_json(checkpoint.noise)},
                                {"strength", options.network.strength},
                                {"tta", options.network.tta},
                                {"format", options.format != nullptr ? options.format->name : "same"},
                                {"quality", options.encode.quality},
                                {"limit", options.limit},
                                {"precision", precision_names[static_cast<std::size_t>(precision)]}};
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

/// Removes what a killed run left where results go.
void clean_up(const DenoiseOptions& options, const DenoisePlan& plan) {
  std::set<std::filesystem::path> folders = {options.out};
  for (const DenoiseJob& job : plan.jobs) folders.insert(job.output.parent_path());
  for (const std::filesystem::path& folder : folders) remove_temporaries(folder);
}

// A thread that processes needs so much memory, or its windows would be so small that their borders cost too much.
constexpr std::size_t least_memory = std::size_t{256} << 20;
// More threads that load or save would wait for the same disk.
constexpr int most_beside = 8;

/// A GPU takes everything on one thread and must not wait for loaders. Cores take pictures one each, because threads
/// that share a picture wait for each other, where there are enough pictures for all of them to end about together.
PipelineThreads threads_for(const Device& device, const DenoiseOptions& options, const DenoisePlan& plan) {
  const auto beside = [&](int cores) { return std::clamp(cores / 2, 1, most_beside); };
  if (device.compile_cost_in_batches() > 0) return {beside(cpu::usable_cores()), 1, beside(cpu::usable_cores())};
  const auto pictures = std::ranges::count(plan.jobs, DenoiseJob::Kind::picture, &DenoiseJob::kind);
  const int fit = static_cast<int>(std::max<std::size_t>(options.network.windows.memory / least_memory, 1));
  const int process = pictures >= 2 * std::ptrdiff_t{options.threads} ? std::min(options.threads, fit) : 1;
  return {beside(options.threads), process, beside(options.threads)};
}

/// A denoiser for each thread that processes. Throws ShapeError for a network that does not suit the jobs.
std::vector<std::unique_ptr<PhotoDenoiser>> make_denoisers(const DeviceOf& device, const Checkpoint& checkpoint,
                                                           DenoiseOptions& options, const DenoisePlan& plan) {
  const int channels = checkpoint.sample.c;
  const bool pictures = std::ranges::find(plan.jobs, DenoiseJob::Kind::picture, &DenoiseJob::kind) != plan.jobs.end();
  if (pictures && channels != 1 && channels != 3)
    throw ShapeError(fmt::format("model {} takes {} channels; pictures have 1 or 3", checkpoint.graph.name, channels));
  Device* first = nullptr;
  if (!options.jobs) {
    first = &device(1);
    options.jobs = threads_for(*first, options, plan);
  }
  const int count = options.jobs->process;
  DenoiserOptions each = options.network;
  each.windows.memory /= static_cast<std::size_t>(count);
  std::vector<std::unique_ptr<PhotoDenoiser>> denoisers;
  for (int thread = 0; thread < count; ++thread)
    denoisers.push_back(
        std::make_unique<PhotoDenoiser>(first != nullptr && count == 1 ? *first : device(count), checkpoint, each));
  return denoisers;
}

}  // namespace

DenoiseSummary denoise_files(const DeviceOf& device, const Checkpoint& checkpoint,
                             const std::vector<std::string>& inputs, const DenoiseOptions& given,
                             DenoiseObserver& observer, const std::function<bool()>& stop) {
  DenoiseOptions options = given;
  // Before the folder is looked at, so that no other run changes it meanwhile.
  std::optional<FolderLock> lock;
  std::error_code ignored;
  if (std::filesystem::is_directory(options.out, ignored)) lock.emplace(options.out);
  Manifest manifest(options.out, settings_hash(checkpoint, options));
  const DenoisePlan plan = plan_denoising(inputs, options, manifest);
  DenoiseOutcomes outcomes(manifest, observer);
  observer.planned(plan);
  for (const ImageFiles::Left& left : plan.failed)
    outcomes.failed(left.path, std::make_exception_ptr(InputError(left.reason)));
  if (plan.jobs.empty()) return outcomes.summary();

  const auto denoisers = make_denoisers(device, checkpoint, options, plan);
  make_folder(options.out);
  if (!lock) lock.emplace(options.out);
  clean_up(options, plan);
  manifest.open();
  DenoisePipeline(options, checkpoint.sample, plan.jobs, outcomes, stop).run(denoisers);
  DenoiseSummary summary = outcomes.summary();
  summary.stopped = stop();
  return summary;
}

}  // namespace dae
