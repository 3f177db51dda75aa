#include "host/bench/sweep.hpp"

#include <algorithm>
#include <utility>

#include "host/bench/bench.hpp"
#include "host/cpu/stage_times.hpp"

namespace dae {
namespace {

/// The convolution is the graph's second, so that the gradient of its input is taken too.
Graph graph_of(const SweepResult& shape) {
  Graph graph{"sweep", {}};
  graph.append(Input{});
  graph.append(ReLU{});
  if (shape.upsampled) graph.append(Upsample2d{2});
  graph.append(Conv2d{shape.channels, shape.kernel});
  graph.append(ReLU{});
  return graph;
}

}  // namespace

std::vector<SweepResult> sweep_shapes() {
  std::vector<SweepResult> shapes;
  for (const int channels : {8, 9, 12, 15, 16, 17, 24, 31, 32, 33, 48, 63, 64})
    for (const int size : {7, 14, 28, 33, 65}) shapes.push_back({.channels = channels, .kernel = 3, .size = size});
  for (const int channels : {8, 17, 32}) {
    for (const int kernel : {1, 5})
      for (const int size : {14, 33}) shapes.push_back({.channels = channels, .kernel = kernel, .size = size});
    for (const int kernel : {3, 5})
      for (const int size : {7, 14})
        shapes.push_back({.channels = channels, .kernel = kernel, .size = size, .upsampled = true});
  }
  return shapes;
}

Sweep bench_sweep(std::vector<SweepResult> shapes, int rounds) {
  const cpu::Isa& isa = cpu::chosen_isa();
  Sweep sweep{.isa = std::string(isa.name), .results = std::move(shapes)};
  for (SweepResult& result : sweep.results) {
    const Graph graph = graph_of(result);
    const Shape image{1, result.size, result.size, result.channels};
    const cpu::StageTimes times = cpu::stage_times(graph, image, isa, rounds, isa.kernels->lanes);
    result.microseconds = times.stages.back().forward_us + times.stages.back().backward_us;
    const double flops = 2.0 * static_cast<double>(step_multiply_adds(graph, image)) * isa.kernels->lanes;
    result.direct_over_peak = flops / (1e-6 * result.microseconds) / times.fma_peak;
    sweep.fma_peak_gflops = std::max(sweep.fma_peak_gflops, 1e-9 * times.fma_peak);
  }
  return sweep;
}

}  // namespace dae
