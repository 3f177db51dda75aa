#include "host/evaluation/evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dae/error.hpp"
#include "host/checkpoint/trained_network.hpp"
#include "host/data/device_set.hpp"
#include "host/noise/noise.hpp"

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

}  // namespace dae
