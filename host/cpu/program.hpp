#pragma once

#include <optional>
#include <vector>

#include "dae/device.hpp"
#include "host/cpu/batch_pass.hpp"
#include "host/cpu/network/networks.hpp"
#include "host/cpu/runtime/isa.hpp"
#include "host/cpu/state.hpp"

namespace dae::cpu {

class CpuProgram final : public Program {
 public:
  CpuProgram(const Graph& graph, const Spec& spec, const Isa& isa, ThreadPool& threads, RangeLog& log);

  void load(const ImageStore& store, std::span<const Sample> samples) override;
  std::size_t train(State& state, const Update& update) override;
  std::size_t evaluate(const State& state) override;
  Metrics take_metrics() override;
  [[nodiscard]] Progress progress() const override;
  void predict(const State& state, std::span<const float> in, std::span<float> out) override;
  double gradient(const State& state, std::span<const float> in, std::span<const float> target,
                  std::span<float> d_weights, std::span<float> d_in) override;
  void set_eager(bool eager) override { eager_ = eager; }

  /// The memory that a program of these networks takes.
  static MemoryPlan plan(const Networks& networks, const Spec& spec, int threads);

 private:
  /// The pass of training and evaluation. Throws UsageError where the program only predicts.
  [[nodiscard]] BatchPass& pass();
  void predict_block(const Network& network, const Block& block, const float* in, int count, float* out);
  /// The state, once `packed_` is made of its weights.
  const CpuState& prepared(const State& state);
  /// The next batch of the list.
  Batch take();

  Spec spec_;
  const Kernels& kernels_;
  ThreadPool& threads_;
  RangeLog& log_;
  bool eager_ = false;
  Networks networks_;
  std::optional<BlockRunner> images_, tiles_;  // for the networks that there are
  std::optional<BatchPass> pass_;
  AlignedFloats packed_;
  std::optional<UpdatePass> update_;
  std::uint64_t packed_version_ = 0;

  const CpuImageStore* store_ = nullptr;
  std::vector<Sample> samples_;
  std::size_t next_ = 0;
  Metrics metrics_;
};

}  // namespace dae::cpu
