#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>

#include "cuda/batch_pipeline.hpp"
#include "cuda/engine.hpp"
#include "cuda/feed.hpp"
#include "cuda/rate_schedule.hpp"
#include "cuda/runtime/stream.hpp"
#include "cuda/state.hpp"

namespace dae::cuda {

/// Replays one CUDA graph a step. A graph is captured when a State is first used, after an eager pass on scratch
/// counters that loads every kernel; the State is as before after it.
class CudaProgram final : public Program {
 public:
  CudaProgram(std::shared_ptr<Context> context, const Graph& graph, const Spec& spec);
  ~CudaProgram() override;

  void load(const ImageStore& store, std::span<const Sample> samples) override;
  void announce(std::span<const Update> updates) override;
  std::size_t train(State& state, const Update& update) override;
  std::size_t evaluate(const State& state) override;
  Metrics take_metrics() override;
  [[nodiscard]] Progress progress() const override;
  void predict(const State& state, std::span<const float> in, std::span<float> out) override;
  double gradient(const State& state, std::span<const float> in, std::span<const float> target,
                  std::span<float> d_weights, std::span<float> d_in) override;
  [[nodiscard]] std::string plans() const override;
  void set_eager(bool eager) override { eager_ = eager; }

  [[nodiscard]] std::size_t captured_nodes() const override { return graphs_[kTrain].exec.nodes(); }

 private:
  enum Kind { kTrain, kEvaluate, kPredict };
  struct Captured {
    std::uint64_t state = 0;  // id of the State whose pointers it holds
    bool clipped = false;
    GraphExec exec;
  };

  [[nodiscard]] const CudaState& checked(const State& state) const;
  void run(Kind kind, const CudaState& state);
  void warm_up(Kind kind, const CudaState& state);
  void prepare(Kind kind, const CudaState& state);
  void reserve_losses(std::size_t steps);
  void clear_totals();

  std::shared_ptr<Context> context_;
  Graph graph_;
  Spec spec_;
  cudnn::Choices choices_;
  Engine engine_;
  std::unique_ptr<Engine> with_input_gradient_;  // made when Program::gradient is first asked for one
  Memory<StepParams> controls_;                  // of the steps; of warm-up and gradient
  Memory<StepParams> read_back_;                 // pinned
  Memory<float> step_losses_, scratch_loss_;
  Memory<std::uint64_t> progress_;  // mapped
  Feed feed_;
  RateSchedule rates_;
  std::array<Captured, 3> graphs_;
  std::optional<BatchPipeline> pipeline_;  // made when predict is first called
  std::size_t steps_since_metrics_ = 0;
  std::shared_ptr<std::uint64_t> trained_steps_;  // of the State that was trained last
  bool eager_ = false;
};

}  // namespace dae::cuda
