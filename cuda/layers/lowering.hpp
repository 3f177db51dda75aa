#pragma once

#include <driver_types.h>

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cuda/cudnn/handle.hpp"
#include "cuda/cudnn/planner.hpp"
#include "cuda/kernels/step_params.hpp"
#include "cuda/layers/parameter_layout.hpp"
#include "cuda/runtime/blas.hpp"
#include "cuda/runtime/element.hpp"
#include "dae/device.hpp"
#include "dae/graph.hpp"
#include "host/graph/buffer_plan.hpp"

/// \file
/// Turns a Graph at a Spec into the list of launches that a Program enqueues. Each op file (conv.cpp, pool.cpp,
/// upsample.cu ...) adds its own forward and backward steps through a LayerBuilder; what they share is decided here:
/// which layers are fused, who needs a gradient, how gradients of several readers are added up, how long a buffer
/// lives.
namespace dae::cuda {

/// The libraries that steps call besides our kernels. Lowering needs the planner alone; the rest is used when steps are
/// enqueued.
struct Libraries {
  cudnn::Planner* planner = nullptr;
  const cudnn::Handle* cudnn = nullptr;
  const Blas* blas = nullptr;
  bool may_time = true;  ///< See cudnn::PlanRequest; a deterministic Spec never times.
};

/// A tensor or scratch area in a Program's arena.
using BufferId = int;

/// Everything that a step finds when it is enqueued.
struct Frame {
  cudaStream_t stream = nullptr;
  std::byte* arena = nullptr;
  const std::size_t* offsets = nullptr;
  std::byte* weights = nullptr;           ///< In the program's element type: the State's own, or their bf16 copy.
  std::byte* weight_gradients = nullptr;  ///< In the element type, in the order of the weights.
  void* workspace = nullptr;
  StepParams* params = nullptr;
  Element element = Element::f32;

  template <class T = void>
  [[nodiscard]] T* at(BufferId buffer) const {
    return reinterpret_cast<T*>(arena + offsets[static_cast<std::size_t>(buffer)]);
  }
  [[nodiscard]] void* weight(std::size_t element_index) const { return weights + element_index * bytes_of(element); }
  [[nodiscard]] void* weight_gradient(std::size_t element_index) const {
    return weight_gradients + element_index * bytes_of(element);
  }
};

/// One launch of a kernel or one call into cuDNN or cuBLAS.
struct Step {
  std::string name;               ///< "conv2d_1/forward": node and op, as profilers show it.
  std::vector<BufferId> buffers;  ///< Read or written.
  std::function<void(const Frame&)> enqueue;
};

/// Per-block sums of a bias gradient that the last kernel of a step adds up: `blocks` rows of `channels` floats.
struct BiasPartials {
  BufferId partials = 0;
  std::uint32_t blocks = 0, channels = 0;
  std::size_t bias = 0;  ///< Offset of the bias among the biases, in floats.
};

/// The finished list. Each part may be enqueued on its own, in this order.
struct StepList {
  std::vector<Step> forward;
  std::vector<Step> output;    ///< Makes `output` from the last layer: final Sigmoid, cast.
  std::vector<Step> backward;  ///< From the gradient of the last layer's output, written by the loss.
  std::vector<BiasPartials> biases;
  std::vector<std::size_t> bytes;          ///< Each buffer's size.
  BufferId input = 0;                      ///< The network's input, in the element type.
  BufferId target = 0;                     ///< fp32.
  BufferId noisy = -1;                     ///< fp32, the input on its way through kinds of noise; -1: Gaussian only.
  BufferId levels = -1;                    ///< fp32, one a sample: how strong its noise is; -1: no layer asks.
  BufferId last = 0;                       ///< The loss reads it: the last layer's output, logits under Bce.
  BufferId last_gradient = -1;             ///< Training only.
  BufferId output_buffer = 0;              ///< fp32.
  std::optional<BufferId> input_gradient;  ///< When it was asked for.
  BufferId loss_partials = 0;
  BufferId loss_scratch = -1;  ///< fp32; training with a loss that needs it only.
  unsigned loss_chunks = 1;    ///< Blocks of the loss kernel a sample.
  Shape output_shape;
  std::size_t workspace = 0;  ///< Bytes that the largest step needs.
};

class Lowering;

/// One node while it is lowered.
class LayerBuilder {
 public:
  LayerBuilder(Lowering& lowering, std::size_t node) : lowering_(lowering), node_(node) {}

  [[nodiscard]] Element element() const;
  [[nodiscard]] std::size_t inputs() const;
  [[nodiscard]] const Shape& in_shape(std::size_t i = 0) const;
  [[nodiscard]] const Shape& out_shape() const;
  [[nodiscard]] BufferId in(std::size_t i = 0) const;
  [[nodiscard]] BufferId out() const;

  /// True when backward steps are wanted.
  [[nodiscard]] bool trains() const;
  /// Gradient of the loss with respect to the output; complete before this layer's backward steps, which may
  /// overwrite it.
  [[nodiscard]] BufferId out_gradient() const;
  /// Where this layer writes the gradient for an input, or nothing when nobody needs it. Ask once for each input.
  std::optional<BufferId> in_gradient(std::size_t i = 0);

  /// Places of this layer's weight and bias, in elements; in_gradients counts from the first bias.
  struct ParameterSlice {
    std::size_t in_arena = 0, in_gradients = 0;
  };
  [[nodiscard]] ParameterSlice weight() const;
  [[nodiscard]] ParameterSlice bias() const;

  /// True when the layer's only reader is a ReLU; it then applies the ReLU itself and out() is what comes after it.
  [[nodiscard]] bool applies_relu() const;
  /// True for a ReLU that the layer before it applies and for a final Sigmoid that the loss applies.
  [[nodiscard]] bool applied_elsewhere() const;
  /// The output is the input, in the same memory.
  void alias();

  BufferId scratch(std::size_t bytes);
  /// One float a sample: how strong its noise is.
  BufferId noise_levels();
  void add_bias_partials(const BiasPartials& partials);
  void forward(const char* op, std::vector<BufferId> buffers, std::function<void(const Frame&)> enqueue);
  /// Backward steps of one layer run in the order in which they are added; layers run last to first.
  void backward(const char* op, std::vector<BufferId> buffers, std::function<void(const Frame&)> enqueue);

  /// A cuDNN graph as a function of a frame and its operands, planned now.
  using Operation = std::function<void(const Frame&, std::initializer_list<cudnn::Operand>)>;
  [[nodiscard]] Operation plan(const cudnn::OperationGraph& graph);
  /// A matrix product; see Blas::multiply.
  using Product = std::function<void(const Matrix& a, const Matrix& b, void* c)>;
  [[nodiscard]] Product product(int rows, int columns, int inner) const;

 private:
  Lowering& lowering_;
  std::size_t node_;
};

/// Whether a program needs the gradient for its input too; only Program::gradient does.
enum class InputGradient { no, yes };

/// Lowers a graph. Plans cuDNN graphs on the way; allocates nothing.
/// `choices` gains the plan of every cuDNN graph.
StepList lower(const Graph& graph, const Spec& spec, InputGradient input_gradient, const ParameterLayout& layout,
               const Libraries& libraries, cudnn::Choices& choices);

/// bf16 for Precision::bf16, else f32.
Element element_of(const Spec& spec);

/// The lifetimes of all buffers in the order forward, output, loss, backward.
std::vector<Lifetime> lifetimes(const StepList& steps);

/// Each op file provides one of these.
void lower(const Input&, LayerBuilder&);
void lower(const Conv2d&, LayerBuilder&);
void lower(const MaxPool2d&, LayerBuilder&);
void lower(const Upsample2d&, LayerBuilder&);
void lower(const Dense&, LayerBuilder&);
void lower(const Flatten&, LayerBuilder&);
void lower(const Reshape&, LayerBuilder&);
void lower(const ReLU&, LayerBuilder&);
void lower(const Sigmoid&, LayerBuilder&);
void lower(const Add&, LayerBuilder&);
void lower(const Subtract&, LayerBuilder&);
void lower(const Concat&, LayerBuilder&);
void lower(const SpaceToDepth&, LayerBuilder&);
void lower(const DepthToSpace&, LayerBuilder&);
void lower(const NoiseMap&, LayerBuilder&);

}  // namespace dae::cuda
