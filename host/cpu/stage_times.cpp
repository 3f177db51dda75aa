#include "host/cpu/stage_times.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "host/cpu/aligned_floats.hpp"
#include "host/cpu/network.hpp"
#include "host/initial_weights.hpp"

namespace dae::cpu {
namespace {

template <class Work>
void shorten(double& microseconds, Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double, std::micro> time = std::chrono::steady_clock::now() - start;
  microseconds = std::min(microseconds, time.count());
}

Network training_network(const Graph& graph, const Shape& sample, const Isa& isa) {
  const Loss loss = ends_in_sigmoid(graph) ? Loss(Bce{}) : Loss(Mse{});
  return Network(graph, {.shape = sample.with_batch(isa.kernels->lanes), .mode = Mode::train, .loss = loss},
                 isa.kernels->lanes);
}

}  // namespace

StageTimes stage_times(const Graph& graph, const Shape& sample, const Isa& isa, int rounds) {
  const Network network = training_network(graph, sample, isa);
  const AlignedFloats arena(network.arena_floats), packed(network.packed_floats), weights(network.parameters),
      gradients(network.parameters);
  std::ranges::copy(initial_weights(graph, sample, 1), weights.data());
  for (std::size_t i = 0; i < network.arena_floats; ++i) arena.data()[i] = std::sin(static_cast<float>(i % 1021));
  const Block block{.kernels = *isa.kernels,
                    .arena = arena.data(),
                    .weights = weights.data(),
                    .packed = packed.data(),
                    .gradients = gradients.data()};
  constexpr double never = std::numeric_limits<double>::infinity();
  std::vector<StageTime> times;
  for (const auto& stage : network.stages) {
    stage->pack(*isa.kernels, weights.data(), packed.data());
    times.push_back({stage->layers(), never, never, stage->multiply_adds(true) * isa.kernels->lanes});
  }
  double flops = 0, peak_us = never;
  for (int round = 0; round < rounds; ++round) {
    shorten(peak_us, [&] { flops = isa.kernels->fma_rounds(20'000); });
    for (std::size_t i = 0; i < times.size(); ++i)
      shorten(times[i].forward_us, [&] { network.stages[i]->forward(block); });
    for (std::size_t i = times.size(); i-- > 0;)
      shorten(times[i].backward_us, [&] { network.stages[i]->backward(block); });
  }
  return {1e6 * flops / peak_us, std::move(times)};
}

double multiply_adds_done(const Graph& graph, const Shape& sample, const Isa& isa) {
  double sum = 0;
  for (const auto& stage : training_network(graph, sample, isa).stages) sum += stage->multiply_adds(true);
  return sum;
}

}  // namespace dae::cpu
