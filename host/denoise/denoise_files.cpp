#include "host/denoise/denoise_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "dae/error.hpp"
#include "host/checkpoint/checkpoint_metadata.hpp"
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

/// A denoiser for each thread that processes. Throws ShapeError for a network that does not suit the jobs.
std::vector<std::unique_ptr<PhotoDenoiser>> make_denoisers(const DeviceOf& device, const Checkpoint& checkpoint,
                                                           const DenoiseOptions& options, const DenoisePlan& plan) {
  const int channels = checkpoint.sample.c;
  const bool pictures = std::ranges::find(plan.jobs, DenoiseJob::Kind::picture, &DenoiseJob::kind) != plan.jobs.end();
  if (pictures && channels != 1 && channels != 3)
    throw ShapeError(fmt::format("model {} takes {} channels; pictures have 1 or 3", checkpoint.graph.name, channels));
  DenoiserOptions each = options.network;
  each.windows.memory /= static_cast<std::size_t>(options.process);
  std::vector<std::unique_ptr<PhotoDenoiser>> denoisers;
  for (int thread = 0; thread < options.process; ++thread)
    denoisers.push_back(std::make_unique<PhotoDenoiser>(device(thread), checkpoint, each));
  return denoisers;
}

}  // namespace

DenoiseSummary denoise_files(const DeviceOf& device, const Checkpoint& checkpoint,
                             const std::vector<std::string>& inputs, const DenoiseOptions& options,
                             DenoiseObserver& observer, const std::function<bool()>& stop) {
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
