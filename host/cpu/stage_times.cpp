#include "host/cpu/stage_times.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

#include "host/cpu/batch_pass.hpp"
#include "host/cpu/network/networks.hpp"
#include "host/cpu/runtime/aligned_floats.hpp"
#include "host/cpu/update.hpp"
#include "host/graph/initial_weights.hpp"

namespace dae::cpu {
namespace {

template <class Work>
void shorten(double& microseconds, Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double, std::micro> time = std::chrono::steady_clock::now() - start;
  microseconds = std::min(microseconds, time.count());
}

Spec training_spec(const Graph& graph, const Shape& shape) {
  return {.shape = shape, .mode = Mode::train, .loss = ends_in_sigmoid(graph) ? Loss(Bce{}) : Loss(Mse{})};
}

/// The input of a block of grey images.
class InputWork {
 public:
  InputWork(const Network& network, const Shape& sample, int lanes)
      : store_(static_cast<std::uint32_t>(lanes), static_cast<std::size_t>(lanes) * sample.sample_size()),
        samples_(static_cast<std::size_t>(lanes)),
        writer_(make_input_writer(network, sample, {.parts = {Gaussian{}}})) {
    std::vector<std::uint8_t> pixels(sample.sample_size());
    std::iota(pixels.begin(), pixels.end(), std::uint8_t{0});
    for (std::uint32_t i = 0; i < samples_.size(); ++i) {
      store_.put(i, {sample, std::span<const std::uint8_t>(pixels)}, nullptr);
      samples_[i].slot = samples_[i].id = i;
    }
  }
  void operator()(const Block& block) const { writer_->write(block, store_, samples_); }

 private:
  CpuImageStore store_;
  std::vector<Sample> samples_;
  std::unique_ptr<InputWriter> writer_;
};

/// Adam on the gradients of a batch, on one thread.
class UpdateWork {
 public:
  UpdateWork(std::size_t parameters, const Cut& cut)
      : stride_(AlignedFloats::whole_lines(parameters)),
        groups_(cut.groups),
        gradients_(stride_ * static_cast<std::size_t>(groups_)),
        state_(parameters),
        update_(parameters) {}
  void operator()(const Kernels& kernels) {
    update_(kernels, one_, Adam{}, {gradients_.data(), stride_, groups_}, state_);
  }

 private:
  std::size_t stride_;
  int groups_;
  AlignedFloats gradients_;
  CpuState state_;
  UpdatePass update_;
  ThreadPool one_{1};
};

}  // namespace

StageTimes stage_times(const Graph& graph, const Shape& sample, const Isa& isa, int rounds, int batch) {
  const int lanes = isa.kernels->lanes;
  const Network network(graph, training_spec(graph, sample.with_batch(lanes)), lanes, lanes);
  const AlignedFloats arena(network.arena_floats), packed(network.packed_floats), weights(network.parameters),
      gradients(network.parameters);
  std::ranges::copy(initial_weights(graph, sample, 1), weights.data());
  for (std::size_t i = 0; i < network.arena_floats; ++i) arena.data()[i] = std::sin(static_cast<float>(i % 1021));
  const Block block{.kernels = *isa.kernels,
                    .arena = arena.data(),
                    .scratch = arena.data(),
                    .weights = weights.data(),
                    .packed = packed.data(),
                    .gradients = gradients.data()};
  constexpr double never = std::numeric_limits<double>::infinity();
  std::vector<StageTime> times;
  for (const auto& stage : network.stages) {
    stage->pack(*isa.kernels, weights.data(), packed.data());
    times.push_back({stage->layers(), never, never, stage->multiply_adds(true) * lanes});
  }
  const InputWork input(network, sample, lanes);
  const Cut cut(batch, network);
  UpdateWork update(network.parameters, cut);
  double flops = 0, peak_us = never, input_us = never, loss_us = never, update_us = never;
  for (int round = 0; round < rounds; ++round) {
    shorten(peak_us, [&] { flops = isa.kernels->fma_rounds(20'000); });
    shorten(input_us, [&] { input(block); });
    for (std::size_t i = 0; i < times.size(); ++i) shorten(times[i].forward_us, [&] { network.stages[i]->run(block); });
    shorten(loss_us, [&] { static_cast<void>((*network.loss)(block, lanes, 1e-6f)); });
    for (std::size_t i = times.size(); i-- > 0;)
      shorten(times[i].backward_us, [&] { network.stages[i]->run_back(block); });
    shorten(update_us, [&] { update(*isa.kernels); });
  }
  return {1e6 * flops / peak_us, std::move(times), input_us, loss_us, update_us / cut.blocks};
}

double multiply_adds_done(const Graph& graph, const Shape& sample, const Isa& isa, int batch) {
  const Networks networks(graph, training_spec(graph, sample.with_batch(batch)), isa.kernels->lanes);
  double sum = 0;
  for (const auto& stage : networks.any().stages) sum += stage->multiply_adds(true);
  return sum * isa.kernels->lanes / networks.any().images_at_once;
}

}  // namespace dae::cpu
