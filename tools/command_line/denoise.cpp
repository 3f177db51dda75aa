#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "host/atomic_file.hpp"
#include "host/checkpoint.hpp"
#include "host/json_text.hpp"
#include "host/photo_denoiser.hpp"
#include "host/quote.hpp"
#include "host/text.hpp"
#include "tools/command_line/commands.hpp"
#include "tools/command_line/denoise_job.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"
#include "tools/command_line/picture_run.hpp"
#include "tools/command_line/stop_signals.hpp"

namespace dae {
namespace {

struct DenoiseFlags {
  std::vector<std::string> inputs;
  std::string checkpoint, out, if_exists = "error", format = "same";
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

void print_done(const DenoiseFlags& flags, const DenoiseJob& job, std::size_t images) {
  if (flags.json) {
    nlohmann::ordered_json object = {
        {"input", job.input.string()}, {"output", job.output.string()}, {"images", images}};
    if (!job.noisy.empty()) object["noisy"] = job.noisy.string();
    print_out("{}\n", dump_json(object));
  } else {
    print_out("{} -> {} ({} image{})\n", job.input.string(), job.output.string(), with_commas(images),
              images == 1 ? "" : "s");
  }
}

int run_denoise(const DenoiseFlags& flags, const Flags& command) {
  command.require("--checkpoint");
  command.require("--out");
  if (flags.inputs.empty()) throw UsageError("denoise needs a picture, an IDX file or a folder to denoise");
  const Checkpoint checkpoint = load_checkpoint(flags.checkpoint);
  const DenoiseOptions options = denoise_options(flags, checkpoint);
  const std::vector<DenoiseJob> jobs = plan_jobs(flags.inputs, options);
  const auto say = [&](std::string_view line) {
    if (!flags.json) print_out("{}\n", line);
  };
  const std::unique_ptr<Device> device = open_device(flags.device.device, {flags.device.threads, say});
  make_folder(flags.out);
  catch_stop_signals();
  const auto done = [&](const DenoiseJob& job) { print_done(flags, job, 1); };
  PictureRun pictures(options, done, [&] {
    return std::make_unique<PhotoDenoiser>(
        *device, checkpoint,
        DenoiserOptions{
            .tiles = {.memory = static_cast<std::size_t>(flags.max_memory) << 20, .batch = std::min(flags.batch, 16)},
            .strength = flags.strength,
            .tta = flags.tta});
  });
  std::optional<TrainedNetwork> network;
  std::uint32_t id = 0;
  for (const DenoiseJob& job : jobs) {
    if (stop_requested()) break;
    if (job.kind == DenoiseJob::Kind::picture) {
      pictures.add(job, id++);
      continue;
    }
    if (!network) network = load_network(*device, checkpoint, checkpoint.noise, flags.batch);
    const std::size_t images = run_idx(job, options, *network, checkpoint.sample, id);
    id += static_cast<std::uint32_t>(images);
    print_done(flags, job, images);
  }
  if (stop_requested()) return exit_code::stopped;
  return pictures.finish();
}

}  // namespace

void add_denoise(CommandLine& line) {
  const auto flags = std::make_shared<DenoiseFlags>();
  Flags& command = line.add("denoise", "Denoise pictures of any size, folders of them, or IDX files",
                            [=](const Flags& given) { return run_denoise(*flags, given); });
  command.inputs(
      "INPUT", flags->inputs,
      "Pictures (PNG, JPEG, TIFF, WebP, PNM), folders of them, IDX files, or a folder with MNIST's test images");
  command.text("--checkpoint", "FILE", flags->checkpoint, "The network: best.safetensors of a run");
  command.text("--out", "DIR", flags->out, "Folder for the results, under the inputs' names");
  command.choice("--if-exists", flags->if_exists, {"error", "overwrite", "skip", "rename"},
                 "What becomes of results that are there already");
  command.choice("--format", flags->format, {"same", "png", "jpeg", "tiff", "webp", "pnm"},
                 "Format of the results; the images of an IDX file become a folder of such files");
  command.number("--quality", flags->quality, 1, 100, "Of JPEG and WebP; WebP of 100 is lossless");
  command.number("--strength", flags->strength, 0.0f, 1.0f,
                 "1 takes the network's answer, 0 leaves a picture as it is");
  command.toggle("--tta", flags->tta, "The mean of the answers to all eight orientations; eight times the work");
  command.toggle("--recursive", flags->recursive, "Also what lies in the folders of a folder; the tree is kept");
  command.number("--max-memory", flags->max_memory, 16, 1 << 20, "MiB that the network may take for a picture");
  command.number("--max-pixels", flags->max_pixels, std::size_t{1}, std::size_t{1} << 40,
                 "Pictures with more pixels are refused");
  command.number("--add-noise", flags->add_noise, 0.0f, most_noise,
                 "Add noise of this sigma first, and write the noisy image too, as NAME-noisy");
  command.number("--seed", flags->seed, least_seed, most_seed, "Of that noise");
  command.number("--limit", flags->limit, least_limit, most_limit, "Only the first N images of an IDX file");
  command.number("--batch", flags->batch, 1, most_batch, "Images a pass");
  command.device(flags->device);
  command.toggle("--json", flags->json, "Print one JSON object a file and nothing else");
}

}  // namespace dae
