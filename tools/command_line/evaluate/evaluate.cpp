#include <memory>
#include <optional>

#include <nlohmann/json.hpp>

#include "host/checkpoint/checkpoint.hpp"
#include "host/evaluation/evaluation.hpp"
#include "host/noise/noise_text.hpp"
#include "tools/command_line/command_line.hpp"
#include "tools/command_line/device_flags.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"

namespace dae {
namespace {

/// Pixels of photos that are kept between looking at them and denoising them; what is beyond is read twice.
constexpr std::size_t kept_bytes = std::size_t{1} << 28;

struct EvaluateFlags {
  std::string checkpoint, data = default_images, noise, noisy;
  std::optional<std::uint64_t> seed;
  std::optional<std::size_t> limit;
  int batch = 128;
  bool json = false;
  DeviceFlags device;
  ComputationFlags computation;
};

/// The recipe that the network was trained with, changed where the command line says so.
NoiseRecipe wanted_noise(const EvaluateFlags& flags, const NoiseRecipe& trained) {
  NoiseRecipe noise = trained;
  if (!flags.noise.empty()) noise.parts = parse_noise("--noise", flags.noise);
  noise.seed = flags.seed.value_or(noise.seed);
  return noise;
}

std::string to_json(const Evaluation& e, const NoiseRecipe& noise) {
  const nlohmann::ordered_json object = {{"images", e.images},
                                         {"noise", describe(noise)},
                                         {"seed", noise.seed},
                                         {"bce", e.bce},
                                         {"bce_floor", e.floor},
                                         {"excess", e.bce - e.floor},
                                         {"mse", e.result.mse},
                                         {"psnr", e.result.psnr},
                                         {"psnr_of_mean_mse", e.result.psnr_of_mean_mse},
                                         {"ssim", e.result.ssim},
                                         {"noisy_bce", e.noisy.bce},
                                         {"noisy_mse", e.noisy.mse},
                                         {"noisy_psnr", e.noisy.psnr},
                                         {"noisy_psnr_of_mean_mse", e.noisy.psnr_of_mean_mse},
                                         {"noisy_ssim", e.noisy.ssim}};
  return object.dump();
}

void print_table(const Evaluation& e, const NoiseRecipe& noise) {
  print_out("{} images, noise {}, seed {}\n\n", e.images, describe(noise), noise.seed);
  const auto row = [](const char* name, double result, double noisy, int digits, const char* note = "") {
    print_out("{:<28}{:>12.{}f}{:>14.{}f}{}\n", name, result, digits, noisy, digits, note);
  };
  print_out("{:<28}{:>12}{:>14}\n", "", "denoised", "noisy input");
  row("BCE", e.bce, e.noisy.bce, 5);
  print_out("{:<28}{:>12.5f}\n", "  floor (perfect result)", e.floor);
  row("  excess over the floor", e.bce - e.floor, e.noisy.bce - e.floor, 5);
  row("MSE", e.result.mse, e.noisy.mse, 5);
  row("PSNR, mean over images", e.result.psnr, e.noisy.psnr, 2, " dB");
  row("PSNR of the mean MSE", e.result.psnr_of_mean_mse, e.noisy.psnr_of_mean_mse, 2, " dB");
  row("SSIM", e.result.ssim, e.noisy.ssim, 4);
}

nlohmann::ordered_json to_json(const PhotoResult& photo) {
  return {
      {"psnr", photo.psnr}, {"ssim", photo.ssim}, {"noisy_psnr", photo.noisy_psnr}, {"noisy_ssim", photo.noisy_ssim}};
}

std::string to_json(const PhotoEvaluation& evaluation, const std::string& noise, std::optional<std::uint64_t> seed) {
  nlohmann::ordered_json object = {{"images", evaluation.photos.size()}, {"noise", noise}};
  if (seed) object["seed"] = *seed;
  object.update(to_json(evaluation.mean));
  for (const PhotoResult& photo : evaluation.photos) {
    nlohmann::ordered_json one = {{"name", photo.name}};
    one.update(to_json(photo));
    object["photos"].push_back(one);
  }
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

void print_table(const PhotoEvaluation& evaluation, const std::string& noise) {
  const auto row = [](const std::string& name, const std::string& size, const PhotoResult& photo) {
    print_out("{:<28}{:>12}{:>9.3f} dB{:>8.4f}{:>9.3f} dB{:>8.4f}\n", name, size, photo.psnr, photo.ssim,
              photo.noisy_psnr, photo.noisy_ssim);
  };
  print_out("{} photos, {}; results clamped and rounded to 8 bits\n\n", evaluation.photos.size(), noise);
  print_out("{:<28}{:>12}{:>12}{:>8}{:>12}{:>8}\n", "", "", "PSNR", "SSIM", "noisy", "SSIM");
  for (const PhotoResult& photo : evaluation.photos)
    row(quote(photo.name), fmt::format("{}x{}", photo.shape.w, photo.shape.h), photo);
  row("mean", "", evaluation.mean);
}

/// For a folder of photos: any size, one figure each.
int run_on_photos(const EvaluateFlags& flags, const Checkpoint& checkpoint, const NoiseRecipe& noise, Device& device) {
  const bool pairs = !flags.noisy.empty();
  const PhotoFolder photos =
      read_photos(flags.data, {.channels = photo_channels(checkpoint.graph, checkpoint.sample.h),
                               .threads = std::max(flags.device.threads, 1),
                               .limit = flags.limit.value_or(0),
                               .keep = kept_bytes,
                               .noisy = pairs ? std::optional<std::filesystem::path>(flags.noisy) : std::nullopt});
  // A mean over some of the pairs would pass for one over all.
  if (pairs && !photos.skipped.empty())
    throw InputError(fmt::format("--noisy: {} of {} files make no pair; {}: {}", photos.skipped.size(),
                                 photos.skipped.size() + photos.photos.size(), quote(photos.skipped[0].name),
                                 photos.skipped[0].reason));
  const PhotoEvaluation evaluation =
      evaluate_photos(device, checkpoint, photos, noise, computation_from(flags.computation));
  bool failed = false;
  for (const std::vector<SkippedFile>* list : {&photos.skipped, &evaluation.skipped})
    for (const SkippedFile& file : *list) {
      write_error(fmt::format("dae-cuda: skipped {}: {}\n", quote(file.name), file.reason));
      failed = failed || !file.link;
    }
  const std::string text = pairs ? "of the photos in " + quote(flags.noisy) : describe(noise);
  if (flags.json)
    print_out("{}\n", to_json(evaluation, text, pairs ? std::nullopt : std::optional(noise.seed)));
  else
    print_table(evaluation, pairs ? "noise " + text : fmt::format("noise {}, seed {}", text, noise.seed));
  return failed ? exit_code::input : exit_code::ok;
}

int run_evaluate(EvaluateFlags& flags, const Flags& command) {
  command.require("--checkpoint");
  const Checkpoint checkpoint = load_checkpoint(flags.checkpoint);
  flags.data = images_for("--data", flags.data, command);
  const NoiseRecipe noise = wanted_noise(flags, checkpoint.noise);
  const auto say = [&](std::string_view line) {
    if (!flags.json) print_out("{}\n", line);
  };
  const std::unique_ptr<Device> device = open_device(flags.device, say);
  if (is_photo_folder(flags.data)) return run_on_photos(flags, checkpoint, noise, *device);
  if (!flags.noisy.empty()) throw UsageError("--noisy goes with a folder of photos in --data");
  const ImageSet images = read_idx(find_images(flags.data, Split::test), flags.limit.value_or(0));
  const Evaluation evaluation =
      evaluate(*device, checkpoint, images, noise, flags.batch, computation_from(flags.computation));
  if (flags.json) {
    print_out("{}\n", to_json(evaluation, noise));
  } else {
    print_table(evaluation, noise);
  }
  return exit_code::ok;
}

}  // namespace

void add_evaluate(CommandLine& line) {
  const auto flags = std::make_shared<EvaluateFlags>();
  Flags& command = line.add("evaluate", "Measure a trained network on noisy test images",
                            [=](const Flags& given) { return run_evaluate(*flags, given); });
  command.text("--checkpoint", "FILE", flags->checkpoint, "The network: best.safetensors of a run");
  command.text("--data,--clean", "PATH", flags->data,
               "IDX file, plain or gzip, a folder with MNIST's names, or a folder of photos");
  command.text("--noisy", "DIR", flags->noisy, "Photos: their noisy versions, by relative name");
  command.text("--noise", "NOISE", flags->noise, "As of train; as in training where not given");
  command.number("--seed", flags->seed, least_seed, most_seed, "Of the noise; as in training where not given");
  command.number("--batch", flags->batch, 1, most_batch, "Images a pass");
  command.number("--limit", flags->limit, least_limit, most_limit, "Use only the first N images");
  command.device(flags->device);
  add_computation_flags(command, flags->computation);
  command.toggle("--json", flags->json, "Print one JSON object and nothing else");
}

}  // namespace dae
