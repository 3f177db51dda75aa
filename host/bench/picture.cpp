#include "host/bench/picture.hpp"

#include "host/bench/clock.hpp"
#include "host/bench/machine.hpp"
#include "host/cpu/device.hpp"
#include "host/data/photo_folder.hpp"
#include "host/denoise/photo_denoiser.hpp"
#include "host/graph/initial_weights.hpp"

namespace dae {
namespace {

/// Random weights: no speed depends on them.
Checkpoint untrained(const Graph& graph, const Shape& sample) {
  Checkpoint checkpoint;
  checkpoint.graph = graph;
  checkpoint.sample = sample;
  checkpoint.noise.parts = {Gaussian{}};
  checkpoint.weights = initial_weights(graph, sample, 1);
  return checkpoint;
}

Picture synthetic(const Shape& shape) {
  Picture picture;
  picture.shape = shape;
  std::vector<std::uint8_t> pixels(shape.size());
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * 2654435761u >> 24);
  picture.pixels = std::move(pixels);
  return picture;
}

int rounded_up(int value, int step) { return (value + step - 1) / step * step; }

}  // namespace

BenchPicture time_picture(const cpu::Isa& isa, const std::string& model, int height, int width, int threads,
                          int rounds) {
  const Graph graph = load_model(model);
  const int stride = window_constraints(graph).stride;
  const Shape shape{1, height, width, photo_channels(graph, 16 * stride)};
  const auto device = cpu::make_cpu_device({.threads = threads, .say = {}}, isa);
  cpu::ThreadPool peak_threads(threads);
  PhotoDenoiser denoiser(*device, untrained(graph, shape), {});
  const Picture picture = synthetic(shape);
  const Picture* const pictures[] = {&picture};
  const double direct = 2.0 * static_cast<double>(forward_multiply_adds(
                                  graph, {1, rounded_up(height, stride), rounded_up(width, stride), shape.c}));

  std::vector<double> times, ratios;
  denoiser(pictures);
  for (int round = 0; round < rounds; ++round) {
    const double peak = fma_peak(*isa.kernels, peak_threads);
    times.push_back(seconds_each([&] { denoiser(pictures); }));
    ratios.push_back(direct / times.back() / peak);
  }
  return {.preset = model,
          .height = height,
          .width = width,
          .threads = threads,
          .ms = 1e3 * median(times),
          .gflops_direct_equivalent = 1e-9 * direct / median(times),
          .direct_over_peak = median(ratios)};
}

}  // namespace dae
