#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dae/device.hpp"
#include "dae/graph.hpp"

namespace dae {

/// The request for timings: presets or model files at batch sizes and thread counts, each with each.
struct BenchRequest {
  std::vector<std::string> models = {"conv-dae-32"};
  std::vector<int> batches = {128};
  std::vector<int> threads = {1};             ///< 0: one a core that this process may use.
  int rounds = 7;                             ///< Every figure is the median of so many.
  int picture_height = 0, picture_width = 0;  ///< A picture to time too; 0: none.
  Computation computation = {};               ///< The CPU device has fp32 only.
};

/// Timings of one model at one batch size on synthetic 28x28 images. FLOPs count a multiply-add as two.
struct BenchResult {
  std::string preset;
  int batch = 0, threads = 0;
  double step_ms = 0;                   ///< One training step: input, noise, forward, loss, backward, Adam.
  double predict_ms = 0;                ///< Program::predict on a batch.
  double images_per_s = 0;              ///< Training.
  double peak_gflops = 0;               ///< FMA peak of as many threads at once, measured between the rounds.
  double gflops_done = 0;               ///< Counts convolutions and matrix products as they are carried out.
  double gflops_direct_equivalent = 0;  ///< As if every convolution were carried out by its definition.
  double done_over_peak = 0;            ///< Medians over the rounds of the rate over that round's peak.
  double direct_over_peak = 0;
  double predict_direct_over_peak = 0;
  double stated_mb = 0;    ///< By Device::plan: weights, activations and workspace of training.
  double resident_mb = 0;  ///< By how much the process grew when it trained, with its copy of a list of samples.
};

/// The time that a few layers, run as one, take of a training step, for a block of images on one thread.
struct BenchLayer {
  std::string preset, layers;
  double forward_us = 0, backward_us = 0;
  double done_over_peak = 0, direct_over_peak = 0;
};

/// The time around the layers of a training step, for a block of images on one thread, at the first batch size.
struct BenchAround {
  std::string preset;
  double input_us = 0, loss_us = 0, update_us = 0;  ///< Input with noise; loss and its gradient; Adam.
  double part_of_step = 0;                          ///< All three over themselves and the layers.
};

/// A picture in memory, denoised as `denoise` does.
struct BenchPicture {
  std::string preset;
  int height = 0, width = 0, threads = 0;
  double ms = 0, gflops_direct_equivalent = 0, direct_over_peak = 0;
};

struct BenchReport {
  std::string isa;             ///< As DAE_CPU_ISA names it.
  double fma_peak_gflops = 0;  ///< One thread.
  double memory_gb_per_s = 0;  ///< One thread reading and writing arrays larger than the caches.
  std::vector<BenchLayer> layers;
  std::vector<BenchAround> around;
  std::vector<BenchResult> results;
  std::vector<BenchPicture> pictures;
};

/// Times any device at the request's models and batch sizes. Its threads are the device's own and no peak is measured:
/// of BenchResult only the times and images a second are set. Throws as bench_cpu does.
std::vector<BenchResult> bench_device(Device& device, const BenchRequest& request);

/// Times the CPU device. Without batches only pictures are timed. Throws what load_model, infer_shapes and compile
/// throw, and UsageError for a request without rounds.
BenchReport bench_cpu(const BenchRequest& request);

/// Multiply-adds of a training step for one sample by the definition of its layers: forward, gradient of the weights,
/// and, but for layers that read the graph's input, gradient of the input.
std::uint64_t step_multiply_adds(const Graph& graph, const Shape& sample);

/// Those of the forward pass alone.
std::uint64_t forward_multiply_adds(const Graph& graph, const Shape& sample);

}  // namespace dae
