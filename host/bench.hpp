#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dae/graph.hpp"

namespace dae {

/// What to time: a preset or model file at batch sizes and thread counts, each with each.
struct BenchRequest {
  std::vector<std::string> models = {"conv-dae-32"};
  std::vector<int> batches = {128};
  std::vector<int> threads = {1};  ///< 0: one a core that this process may use.
  int rounds = 7;                  ///< Every figure is the median of so many.
};

/// Timings of one model at one batch size on synthetic 28x28 images. FLOPs count a multiply-add as two.
struct BenchResult {
  std::string preset;
  int batch = 0, threads = 0;
  double step_ms = 0;                   ///< One training step: input, noise, forward, loss, backward, Adam.
  double predict_ms = 0;                ///< Program::predict on a batch.
  double images_per_s = 0;              ///< Training.
  double peak_gflops = 0;               ///< FMA peak of as many threads at once, measured between the rounds.
  double gflops_done = 0;               ///< Of the convolutions and matrix products as they are carried out.
  double gflops_direct_equivalent = 0;  ///< As if every convolution were carried out by its definition.
  double done_over_peak = 0;            ///< Medians over the rounds of the rate over that round's peak.
  double direct_over_peak = 0;
};

/// What a few layers that run as one take of a training step, for a block of images on one thread.
struct BenchLayer {
  std::string preset, layers;
  double forward_us = 0, backward_us = 0;
  double done_over_peak = 0;
};

struct BenchReport {
  std::string isa;             ///< As DAE_CPU_ISA names it.
  double fma_peak_gflops = 0;  ///< Of one thread.
  double memory_gb_per_s = 0;  ///< One thread reading and writing arrays far larger than the caches.
  std::vector<BenchLayer> layers;
  std::vector<BenchResult> results;
};

/// Times the CPU device. Throws what load_model, infer_shapes and compile throw, and UsageError for a request without
/// rounds.
BenchReport bench_cpu(const BenchRequest& request);

/// Multiply-adds of a training step for one sample by the definition of its layers: forward, gradient of the weights,
/// and, but for layers that read the graph's input, gradient of the input.
std::uint64_t step_multiply_adds(const Graph& graph, const Shape& sample);

}  // namespace dae
