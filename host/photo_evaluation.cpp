#include "host/photo_evaluation.hpp"

#include <algorithm>
#include <cmath>

#include "host/noise.hpp"
#include "host/ssim.hpp"
#include "host/tiled_network.hpp"

namespace dae {
namespace {

void round_to_8_bits(std::vector<float>& pixels) {
  for (float& p : pixels) p = std::round(std::clamp(p, 0.0f, 1.0f) * 255) / 255;
}

}  // namespace

PhotoEvaluation evaluate_photos(Device& device, const Checkpoint& checkpoint, const PhotoFolder& folder,
                                const NoiseRecipe& noise) {
  TiledNetwork network(device, checkpoint, noise);
  PhotoEvaluation evaluation;
  PhotoResult& mean = evaluation.mean;
  for (std::uint32_t i = 0; const Photo& photo : folder.photos) {
    const Shape& shape = photo.shape;
    const PhotoPixels pixels = pixels_of(photo);
    const std::vector<float> clean = unit_pixels(pixels.clean.image());
    std::vector<float> noisy = clean;
    if (pixels.noisy)
      noisy = unit_pixels(pixels.noisy->image());
    else
      add_noise(noisy, shape, noise, Domain::validation, 0, i);
    std::vector<float> result = network(noisy, shape);
    round_to_8_bits(result);
    const PhotoResult one{photo.name,
                          shape,
                          psnr_of(mean_squared_error(result, clean)),
                          ssim(result, clean, shape),
                          psnr_of(mean_squared_error(noisy, clean)),
                          ssim(noisy, clean, shape)};
    mean.psnr += one.psnr;
    mean.ssim += one.ssim;
    mean.noisy_psnr += one.noisy_psnr;
    mean.noisy_ssim += one.noisy_ssim;
    evaluation.photos.push_back(one);
    ++i;
  }
  const auto count = static_cast<double>(std::max<std::size_t>(evaluation.photos.size(), 1));
  for (double* value : {&mean.psnr, &mean.ssim, &mean.noisy_psnr, &mean.noisy_ssim}) *value /= count;
  return evaluation;
}

}  // namespace dae
