#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "host/cpu/kernels/kernels.hpp"
#include "host/cpu/layout.hpp"
#include "host/cpu/range_log.hpp"
#include "host/cpu/seams.hpp"

namespace dae::cpu {

/// The value of a node and, in training, its gradient.
struct Value {
  Shape shape;
  Tensor* data = nullptr;
  Tensor* slope = nullptr;  ///< Null in inference.
  bool is_input = false;    ///< The graph's input, whose gradient is only wanted by Program::gradient.
  /// Where the block holds images in tiles: how they lie. `shape` then is a tile's.
  std::optional<Seams> seams = std::nullopt;
  bool zero_beyond = false;  ///< A reader sees pixels of a tile that lie beyond the image.

  /// Once the value is written: makes the tiles' borders, and what lies beyond the image, what their readers expect.
  void mend(const Kernels& kernels, float* arena) const {
    if (zero_beyond || data->before() + data->after() > 0)
      seams->mend(kernels, data->in(arena), data->before(), data->after());
  }
  [[nodiscard]] const Shape& image() const { return seams ? seams->image() : shape; }
};

/// One block on one thread.
struct Block {
  const Kernels& kernels;
  float* arena = nullptr;
  const float* weights = nullptr;  ///< All parameters in canonical order.
  const float* packed = nullptr;   ///< What the stages' pack made of them.
  float* gradients = nullptr;      ///< Added to, in canonical order.
  bool input_gradient = false;
  ThreadLog* log = nullptr;  ///< Where every layer is to be recorded; null: nowhere.
};

/// What a stage is built from.
struct Wiring {
  std::vector<Value*> in;
  Value* out = nullptr;
  Layout& layout;
  bool training = false;
  int forward_time = 0, backward_time = 0;
  std::size_t weights = 0, bias = 0;  ///< Offsets of the layer's parameters.
  bool relu = false, pool = false;    ///< The stage ends in a ReLU, and in a MaxPool2d of 2 behind it.
  std::string layers = {};            ///< Names of the layers that the stage carries out.
};

/// One layer, or a few fused ones, on one block. Immutable once built: all state is in the Block.
class Stage {
 public:
  explicit Stage(const Wiring& wiring);
  virtual ~Stage() = default;
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  /// Floats that pack writes.
  [[nodiscard]] virtual std::size_t packed_size() const { return 0; }
  /// Brings the weights into the order that the kernels read. Once a step.
  virtual void pack(const Kernels&, const float* /*weights*/, float* /*packed*/) const {}
  virtual void forward(const Block&) const = 0;
  /// forward, and what makes its result fit for the next stage.
  void run(const Block& block) const {
    forward(block);
    if (out_->seams) out_->mend(block.kernels, block.arena);
  }
  /// Adds the weights' gradients to block.gradients and sets, or adds to, the gradients of the inputs.
  virtual void backward(const Block&) const = 0;

  /// Multiply-adds that the stage spends on one image, forward and, where `training`, backward, without transforms.
  [[nodiscard]] virtual double multiply_adds(bool /*training*/) const { return 0; }

  [[nodiscard]] const std::string& layers() const { return layers_; }
  /// Names of the ranges of the two passes.
  [[nodiscard]] const RangeName& forward_range() const { return forward_range_; }
  [[nodiscard]] const RangeName& backward_range() const { return backward_range_; }
  void place_packed(std::size_t offset) { packed_ = offset; }
  [[nodiscard]] std::size_t packed() const { return packed_; }
  /// Of the readers of a value, the one whose backward pass comes first sets the gradient, the others add.
  void accumulate(std::size_t input, bool add) { in_[input].accumulate = add; }
  [[nodiscard]] std::size_t inputs() const { return in_.size(); }
  [[nodiscard]] const Value* input(std::size_t i) const { return in_[i].value; }

 protected:
  struct Source {
    Value* value;
    bool accumulate = false;
  };

  [[nodiscard]] ConstPlanes in(const Block& block, std::size_t i = 0) const {
    return in_[i].value->data->in(block.arena);
  }
  /// The output, its border zeroed.
  [[nodiscard]] Planes out(const Block& block) const;
  /// The output as the forward pass left it.
  [[nodiscard]] ConstPlanes result(const Block& block) const { return out_->data->in(block.arena); }
  [[nodiscard]] Planes d_out(const Block& block) const { return out_->slope->in(block.arena); }
  [[nodiscard]] bool wants_d_in(const Block& block, std::size_t i = 0) const {
    return !in_[i].value->is_input || block.input_gradient;
  }
  /// The gradient of an input, its border zeroed if this stage is the first to write it.
  [[nodiscard]] Planes d_in(const Block& block, std::size_t i = 0) const;
  /// Products of the size of the forward pass's: forward, gradient of the weights, gradient of the input.
  [[nodiscard]] int passes(bool training) const { return !training ? 1 : in_[0].value->is_input ? 2 : 3; }
  [[nodiscard]] bool adds(std::size_t i = 0) const { return in_[i].accumulate; }

  std::vector<Source> in_;
  Value* out_;
  std::size_t packed_ = 0;

 private:
  std::string layers_;
  RangeName forward_range_, backward_range_;
};

/// The tensor's planes, with its border zeroed where other tensors may have written into it.
Planes with_clean_border(const Block& block, const Tensor& tensor);

}  // namespace dae::cpu
