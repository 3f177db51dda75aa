#pragma once

#include <cstdint>
#include <memory>

#include "cuda/context.hpp"
#include "cuda/kernels/step_params.hpp"
#include "cuda/layers/parameter_layout.hpp"
#include "cuda/runtime/memory.hpp"
#include "dae/device.hpp"

namespace dae::cuda {

/// Weights, moments and averaged weights in the device's layout, in fp32, and the step count that kernels advance.
class CudaState final : public State {
 public:
  CudaState(std::shared_ptr<Context> context, const Graph& graph, const Shape& sample);
  ~CudaState() override;

  void read(std::span<float> weights, std::span<float> moments) const override;
  void write(std::span<const float> weights, std::span<const float> moments, std::uint64_t step) override;
  void read_average(std::span<float> average) const override;
  void write_average(std::span<const float> average) override;
  [[nodiscard]] std::uint64_t step() const override { return *steps_; }

  [[nodiscard]] const ParameterLayout& layout() const { return layout_; }
  [[nodiscard]] float* weights() const { return numbers_.get(); }
  [[nodiscard]] float* m() const { return numbers_.get() + layout_.size(); }
  [[nodiscard]] float* v() const { return numbers_.get() + 2 * layout_.size(); }
  [[nodiscard]] float* average() const { return numbers_.get() + 3 * layout_.size(); }
  [[nodiscard]] Training* training() const { return training_.get(); }
  /// Different for every State that ever was, so that a captured graph knows whose pointers it holds.
  [[nodiscard]] std::uint64_t id() const { return id_; }
  /// Steps enqueued; a program that finds out that some were not taken sets it right.
  [[nodiscard]] const std::shared_ptr<std::uint64_t>& steps() const { return steps_; }

  /// Bytes of a state with this layout.
  static std::size_t bytes(const ParameterLayout& layout);

  /// Copies of everything that training changes.
  class Backup {
   public:
    explicit Backup(const CudaState& state);
    void restore() const;

   private:
    const CudaState& state_;
    Memory<float> numbers_;
    Memory<Training> training_;
  };

 private:
  std::shared_ptr<Context> context_;
  ParameterLayout layout_;
  Memory<float> numbers_;
  Memory<Training> training_;
  std::shared_ptr<std::uint64_t> steps_;
  std::uint64_t id_;
};

}  // namespace dae::cuda
