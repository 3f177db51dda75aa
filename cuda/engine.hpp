#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cuda/context.hpp"
#include "cuda/kernels/step_end.hpp"
#include "cuda/layers/lowering.hpp"
#include "cuda/runtime/memory.hpp"
#include "cuda/state.hpp"
#include "dae/device.hpp"

namespace dae::cuda {

/// Bytes that an Engine allocates.
struct EngineBytes {
  std::size_t arena = 0, workspace = 0, gradients = 0, other = 0;
};

/// A lowered graph with its memory: enqueues passes on the context's stream, eagerly or into a capture. Allocates
/// nothing after construction.
class Engine {
 public:
  Engine(std::shared_ptr<Context> context, const Graph& graph, const Spec& spec, InputGradient input_gradient,
         cudnn::Choices& choices);

  static EngineBytes bytes(const StepList& steps, const ParameterLayout& layout, const Spec& spec);

  /// The buffers that a pass works on. A capture keeps the pointers.
  struct Pass {
    const CudaState& state;
    StepParams* params;
    bool clipped = false;  ///< Whether the gradients' norm is limited.
  };

  /// Gather, forward, loss, backward, optimizer.
  void train(const Pass& pass) const;
  /// Gather, forward, loss without gradient, totals.
  void evaluate(const Pass& pass) const;
  /// From input_buffer() to output_buffer().
  void predict(const Pass& pass) const;
  /// From input_buffer() and target_buffer() to the gradients; adds the loss to the StepParams's totals.
  void gradient(const Pass& pass) const;

  [[nodiscard]] float* input_buffer() const;   ///< fp32, what predict and gradient start from.
  [[nodiscard]] float* target_buffer() const;  ///< fp32.
  [[nodiscard]] const float* output_buffer() const;
  [[nodiscard]] const Shape& output_shape() const { return steps_.output_shape; }
  /// Bytes of all numbers of the input gradient, in the element type.
  void read_input_gradient(std::span<float> to) const;
  /// Gradients in canonical order.
  void read_weight_gradients(std::span<float> to) const;

  [[nodiscard]] const ParameterLayout& layout() const { return layout_; }
  [[nodiscard]] const StepList& steps() const { return steps_; }

 private:
  [[nodiscard]] Frame frame(const Pass& pass) const;
  void cast_weights(const Pass& pass) const;
  void gather_batch(const Frame& frame) const;
  void set_noise_levels(const Frame& frame) const;
  void compute_loss(const Frame& frame, bool with_gradient) const;
  void finish(const Pass& pass, StepKind mode) const;
  void read_elements(std::span<float> to, const void* from) const;

  std::shared_ptr<Context> context_;
  Spec spec_;
  Element element_;
  ParameterLayout layout_;
  StepList steps_;
  std::vector<std::size_t> offsets_;
  Memory<std::byte> arena_, workspace_;
  Memory<std::byte> cast_weights_;      // bf16 only
  Memory<float> staging_;               // bf16 only: fp32 input of predict and gradient
  Memory<std::byte> weight_gradients_;  // element type
  Memory<float> bias_gradients_;
  Memory<double> norm_partials_;
  Memory<BiasSum> bias_sums_;
};

}  // namespace dae::cuda
