#include "host/evaluation/photo_evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dae/error.hpp"
#include "host/denoise/windowed_network.hpp"
#include "host/graph/ssim.hpp"
#include "host/noise/noise.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

void round_to_8_bits(std::vector<float>& pixels) {
  for (float& p : pixels) p = unit_of(pixel_of<std::uint8_t>(p));
}

PhotoResult evaluate_photo(WindowedNetwork& network, const Photo& photo, const NoiseRecipe& noise, std::uint32_t id) {
  const Shape& shape = photo.shape;
  const PhotoPixels pixels = pixels_of(photo);
  const std::vector<float> clean = unit_pixels(pixels.clean.image());
  std::vector<float> noisy = clean;
  if (pixels.noisy)
    noisy = unit_pixels(pixels.noisy->image());
  else
    add_noise(noisy, shape, noise, RngStream::validation, 0, id);
  std::vector<float> result = network(noisy, shape);
  if (!std::ranges::all_of(result, [](float value) { return std::isfinite(value); }))
    throw NumericError(
        fmt::format("{}: the network's answer holds values that are no finite numbers", quote(photo.name)));
  round_to_8_bits(result);
  return {photo.name,
          shape,
          psnr_of(mean_squared_error(result, clean)),
          ssim(result, clean, shape),
          psnr_of(mean_squared_error(noisy, clean)),
          ssim(noisy, clean, shape)};
}

}  // namespace

PhotoEvaluation evaluate_photos(Device& device, const Checkpoint& checkpoint, const PhotoFolder& folder,
                                const NoiseRecipe& noise, const Computation& computation) {
  WindowedNetwork network(device, checkpoint, noise, {.computation = computation});
  PhotoEvaluation evaluation;
  PhotoResult& mean = evaluation.mean;
  for (std::uint32_t i = 0; i < folder.photos.size(); ++i) {
    try {
      evaluation.photos.push_back(evaluate_photo(network, folder.photos[i], noise, i));
    } catch (const InputError& error) {
      evaluation.skipped.push_back({folder.photos[i].name, error.what()});
      continue;
    }
    const PhotoResult& one = evaluation.photos.back();
    mean.psnr += one.psnr;
    mean.ssim += one.ssim;
    mean.noisy_psnr += one.noisy_psnr;
    mean.noisy_ssim += one.noisy_ssim;
  }
  if (evaluation.photos.empty() && !evaluation.skipped.empty()) throw InputError(evaluation.skipped[0].reason);
  const auto count = static_cast<double>(std::max<std::size_t>(evaluation.photos.size(), 1));
  for (double* value : {&mean.psnr, &mean.ssim, &mean.noisy_psnr, &mean.noisy_ssim}) *value /= count;
  return evaluation;
}

}  // namespace dae
