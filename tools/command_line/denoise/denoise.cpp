#include <malloc.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dae/error.hpp"
#include "host/cpu/runtime/thread_pool.hpp"
#include "host/denoise/denoise_files.hpp"
#include "host/denoise/denoise_job.hpp"
#include "host/noise/noise_kinds.hpp"
#include "host/text/quote.hpp"
#include "tools/command_line/command_line.hpp"
#include "tools/command_line/denoise/denoise_report.hpp"
#include "tools/command_line/device_flags.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/flags.hpp"
#include "tools/command_line/output.hpp"
#include "tools/command_line/stop_signals.hpp"

namespace dae {
namespace {

/// Flags that need no reading go into `options` at once.
struct DenoiseFlags {
  DenoiseOptions options;
  std::vector<std::string> inputs;
  std::string checkpoint, out, if_exists = "error", format = "same", jobs;
  int max_memory = 1024;
  std::optional<float> add_noise;
  std::optional<std::size_t> limit;
  std::uint64_t seed = 1;
  bool json = false;
  DeviceFlags device;
  ComputationFlags computation;
};

void add_flags(Flags& command, DenoiseFlags& flags) {
  std::vector<std::string_view> formats = {"same"};
  for (const Codec& codec : codecs()) formats.push_back(codec.name);
  command.inputs(
      "INPUT", flags.inputs,
      fmt::format("Pictures ({}), folders of them, patterns such as 'shots/*.png', IDX files, or a folder with MNIST's "
                  "test images",
                  codec_titles()));
  command.text("--checkpoint", "FILE", flags.checkpoint, "The network: best.safetensors of a run");
  command.text("--out", "DIR", flags.out, "Folder for the results, under the inputs' names, and for manifest.jsonl");
  command.choice("--if-exists", flags.if_exists, {"error", "skip", "overwrite", "rename"},
                 "What becomes of results that are there already; skip goes on where an earlier run with the same "
                 "model and settings stopped");
  command.toggle("--recursive", flags.options.recursive, "Also what lies in the folders of a folder; the tree is kept");
  command.choice("--format", flags.format, formats,
                 "Format of the results; the images of an IDX file become a folder of such files");
  command.number("--quality", flags.options.encode.quality, 1, 100, "Of JPEG and WebP; WebP of 100 is lossless");
  command.number("--strength", flags.options.network.strength, 0.0f, 1.0f,
                 "1 takes the network's answer, 0 leaves a picture as it is");
  command.toggle("--tta", flags.options.network.tta,
                 "The mean of the answers to all eight orientations; eight times the work");
  command.number("--max-memory", flags.max_memory, 16, 1 << 20, "MiB that the network may take");
  command.number("--max-pixels", flags.options.most_pixels, std::size_t{1}, std::size_t{1} << 40,
                 "Pictures with more pixels are refused");
  command.text("--jobs", "L:P:S", flags.jobs,
               "Threads that load, process and save; as suits machine, device and files where not given. Each that "
               "processes has a device of its own, with its part of --threads and --max-memory");
  command.number("--add-noise", flags.add_noise, 0.0f, largest_typed_sigma,
                 "Add noise of this sigma first, and write the noisy image too, as NAME-noisy");
  command.number("--seed", flags.seed, least_seed, most_seed, "Of that noise");
  command.number("--limit", flags.limit, least_limit, most_limit, "Only the first N images of an IDX file");
  command.number("--batch", flags.options.network.windows.batch, 1, most_batch, "Images a pass");
  command.device(flags.device);
  add_computation_flags(command, flags.computation);
  command.toggle("--json", flags.json, "Print one JSON object a file and nothing else");
}

/// Reads "2:1:4".
PipelineThreads read_jobs(const std::string& text) {
  constexpr int most = 64;
  PipelineThreads jobs;
  std::string_view rest = text;
  for (int* const count : {&jobs.load, &jobs.process, &jobs.save}) {
    const bool last = count == &jobs.save;
    const std::size_t end = last ? rest.size() : rest.find(':');
    if (end == std::string_view::npos)
      throw UsageError(fmt::format("--jobs needs three numbers as in 2:1:2, not {}", quote(text)));
    *count = parse_number("--jobs", rest.substr(0, end), 1, most);
    rest.remove_prefix(std::min(rest.size(), end + 1));
  }
  return jobs;
}

/// Fills in what is left of flags.options. Throws UsageError.
void settle_options(DenoiseFlags& flags) {
  DenoiseOptions& options = flags.options;
  if (!flags.jobs.empty()) options.jobs = read_jobs(flags.jobs);
  options.threads = flags.device.threads > 0 ? flags.device.threads : cpu::usable_cores();
  options.out = flags.out;
  options.limit = flags.limit.value_or(0);
  if (flags.format != "same") options.format = &codec_named(flags.format);
  if (flags.if_exists == "rename") options.if_exists = IfExists::rename;
  if (flags.if_exists == "overwrite") options.if_exists = IfExists::overwrite;
  if (flags.if_exists == "skip") options.if_exists = IfExists::skip;
  if (flags.add_noise) options.add_noise = {.parts = {Gaussian{*flags.add_noise}}, .seed = flags.seed};
  options.network.windows.memory = static_cast<std::size_t>(flags.max_memory) << 20;
  options.network.windows.computation = computation_from(flags.computation);
}

int run_denoise(DenoiseFlags& flags, const Flags& command) {
  command.require("--checkpoint");
  command.require("--out");
  if (flags.inputs.empty()) throw UsageError("denoise needs a picture, an IDX file or a folder to denoise");
  settle_options(flags);
  const Checkpoint checkpoint = load_checkpoint(flags.checkpoint);
  if (flags.options.add_noise) flags.options.add_noise->clip = checkpoint.noise.clip;

  std::vector<std::unique_ptr<Device>> devices;
  const auto device = [&](int count) -> Device& {
    const bool first = devices.empty();
    if (first) {
      // Pictures and programs of many sizes come and go on several threads: what is freed goes back to the system at
      // once, or the heaps would grow to the sum of their largest moments.
      ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
      catch_stop_signals();
    }
    DeviceFlags shared = flags.device;
    if (count > 1) shared.threads = std::max(flags.options.threads / count, 1);
    const auto say = [&](std::string_view line) {
      if (!flags.json && first) print_out("{}\n", line);
    };
    return *devices.emplace_back(open_device(shared, say));
  };
  DenoiseReport report(flags.json);
  const DenoiseSummary summary = denoise_files(device, checkpoint, flags.inputs, flags.options, report, stop_requested);
  report.finish(summary);
  if (summary.stopped) return exit_code::stopped;
  return summary.first_failure ? exit_code::of(summary.first_failure) : exit_code::ok;
}

}  // namespace

void add_denoise(CommandLine& line) {
  const auto flags = std::make_shared<DenoiseFlags>();
  Flags& command = line.add("denoise", "Denoise pictures of any size, folders of them, or IDX files",
                            [=](const Flags& given) { return run_denoise(*flags, given); });
  add_flags(command, *flags);
}

}  // namespace dae
