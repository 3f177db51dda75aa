#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "host/atomic_file.hpp"
#include "host/checkpoint.hpp"
#include "host/json_text.hpp"
#include "host/text.hpp"
#include "tools/command_line/commands.hpp"
#include "tools/command_line/denoise_job.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"
#include "tools/command_line/stop_signals.hpp"

namespace dae {
namespace {

struct DenoiseFlags {
  std::vector<std::string> inputs;
  std::string checkpoint, out, if_exists = "error", format = "same";
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
  options.as_png = flags.format == "png";
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
  if (flags.inputs.empty()) throw UsageError("denoise needs an IDX or PNG file to denoise");
  const Checkpoint checkpoint = load_checkpoint(flags.checkpoint);
  const DenoiseOptions options = denoise_options(flags, checkpoint);
  const std::vector<DenoiseJob> jobs = plan_jobs(flags.inputs, options);
  const auto say = [&](std::string_view line) {
    if (!flags.json) print_out("{}\n", line);
  };
  const std::unique_ptr<Device> device = open_device(flags.device.device, {flags.device.threads, say});
  const TrainedNetwork network = load_network(*device, checkpoint, checkpoint.noise, flags.batch);
  make_folder(flags.out);
  catch_stop_signals();
  std::uint32_t id = 0;
  for (const DenoiseJob& job : jobs) {
    const std::size_t images = run_job(job, options, network, checkpoint.sample, id);
    id += static_cast<std::uint32_t>(images);
    print_done(flags, job, images);
    if (stop_requested()) return exit_code::stopped;
  }
  return exit_code::ok;
}

}  // namespace

void add_denoise(CommandLine& line) {
  const auto flags = std::make_shared<DenoiseFlags>();
  Flags& command = line.add("denoise", "Denoise images of the size that a network was trained on",
                            [=](const Flags& given) { return run_denoise(*flags, given); });
  command.inputs("INPUT", flags->inputs,
                 "IDX files, plain or gzip, PNG files of 8 or 16 bit, or a folder with MNIST's test images");
  command.text("--checkpoint", "FILE", flags->checkpoint, "The network: best.safetensors of a run");
  command.text("--out", "DIR", flags->out, "Folder for the results, under the inputs' names");
  command.choice("--if-exists", flags->if_exists, {"error", "overwrite", "skip"},
                 "What becomes of results that are there already");
  command.choice("--format", flags->format, {"same", "png"},
                 "png: the images of an IDX file become a folder of PNG files");
  command.number("--add-noise", flags->add_noise, 0.0f, most_noise,
                 "Add noise of this sigma first, and write the noisy image too, as NAME-noisy");
  command.number("--seed", flags->seed, least_seed, most_seed, "Of that noise");
  command.number("--limit", flags->limit, least_limit, most_limit, "Only the first N images of an IDX file");
  command.number("--batch", flags->batch, 1, most_batch, "Images a pass");
  command.device(flags->device);
  command.toggle("--json", flags->json, "Print one JSON object a file and nothing else");
}

}  // namespace dae
