#include "host/evaluation/evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dae/error.hpp"
#include "host/checkpoint/checkpoint.hpp"
#include "host/data/device_set.hpp"
#include "host/denoise/windowed_network.hpp"
#include "host/graph/ssim.hpp"
#include "host/noise/noise.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

/// The loss over a set, drawn and added up on the device.
double device_loss(Device& device, const TrainedNetwork& network, const ImageSet& images) {
  const DeviceSet set = upload(device, images);
  network.program->load(*set.store, samples_in_order(set.shape, RngStream::validation));
  while (network.program->evaluate(*network.state) > 0) {
  }
  const Metrics metrics = network.program->take_metrics();
  return metrics.loss / static_cast<double>(metrics.samples);
}

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

std::vector<float> noisy_image(const ImageSet& images, std::uint32_t i, const NoiseRecipe& noise) {
  if (!images.noisy.empty()) return unit_pixels(images.noisy_image(i));
  std::vector<float> pixels = unit_pixels(images.image(i));
  add_noise(pixels, images.shape, noise, RngStream::validation, 0, i);
  return pixels;
}

double noisy_psnr(const ImageSet& images, const NoiseRecipe& noise) {
  double sum = 0;
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(images.shape.n); ++i) {
    sum += psnr_of(mean_squared_error(noisy_image(images, i, noise), unit_pixels(images.image(i))));
  }
  return sum / images.shape.n;
}

Evaluation evaluate(Device& device, const Checkpoint& checkpoint, const ImageSet& images, const NoiseRecipe& noise,
                    int batch, const Computation& computation) {
  if (images.shape.with_batch(1) != checkpoint.sample.with_batch(1)) {
    throw ShapeError(fmt::format("model {}: takes images of {}, not {}", checkpoint.graph.name,
                                 to_string(checkpoint.sample), to_string(images.shape)));
  }
  const TrainedNetwork network = load_network(device, checkpoint, noise, batch, computation);
  const std::size_t size = images.shape.sample_size();
  const auto count = static_cast<std::uint32_t>(images.shape.n);
  QualityMeter result, noisy;
  std::vector<float> in, out;
  // Several batches, so that a device can copy one while it computes another.
  constexpr std::uint32_t together = 1024;
  const auto each = static_cast<std::uint32_t>(batch), part = std::max(together / each, 1u) * each;
  for (std::uint32_t first = 0; first < count; first += part) {
    const std::uint32_t end = std::min(count, first + part);
    in.clear();
    for (std::uint32_t i = first; i < end; ++i) {
      const std::vector<float> pixels = noisy_image(images, i, noise);
      in.insert(in.end(), pixels.begin(), pixels.end());
    }
    out.resize(in.size());
    network.program->predict(*network.state, in, out);
    for (std::uint32_t i = first; i < end; ++i) {
      const std::vector<float> clean = unit_pixels(images.image(i));
      const std::size_t at = (i - first) * size;
      result.add(std::span(out).subspan(at, size), clean, images.shape);
      noisy.add(std::span(in).subspan(at, size), clean, images.shape);
    }
  }
  Evaluation evaluation{images.shape.n, 0, bce_floor(images), result.mean(), noisy.mean()};
  evaluation.bce = ends_in_sigmoid(checkpoint.graph) ? device_loss(device, network, images) : evaluation.result.bce;
  return evaluation;
}

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
