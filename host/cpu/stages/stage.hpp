#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "host/cpu/kernels/kernels.hpp"
#include "host/cpu/layout/layout.hpp"
#include "host/cpu/layout/tile_halo.hpp"
#include "host/cpu/runtime/barrier.hpp"
#include "host/cpu/runtime/range_log.hpp"
#include "host/cpu/runtime/share.hpp"

namespace dae::cpu {

/// One block on one thread, or on one of several that share it. These call the same functions in the same order, each
/// does its share, and they meet wherever one reads what another has written.
struct Block {
  const Kernels& kernels;
  float* arena = nullptr;
  float* scratch = nullptr;        ///< The thread's own arena, for tensors that no other thread sees.
  const float* weights = nullptr;  ///< All parameters in canonical order.
  const float* packed = nullptr;   ///< The stages' pack made it of the weights.
  float* gradients = nullptr;      ///< Added to, in canonical order.
  bool input_gradient = false;
  ThreadLog* log = nullptr;  ///< Where every layer is to be recorded; null: nowhere.
  Barrier* barrier = nullptr;
  int member = 0, members = 1;

  void meet() const {
    if (members > 1) barrier->wait();
  }
  /// This thread's share, as share.hpp divides.
  [[nodiscard]] Slice share(int count, int unit = 1) const { return cpu::share(count, unit, member, members); }
  [[nodiscard]] Part part(int channels, int channel_unit, int rows) const {
    return cpu::part(channels, channel_unit, rows, member, members);
  }
  template <class Float>
  [[nodiscard]] Part part(const BasicPlanes<Float>& planes) const {
    return part(planes.channels, 1, planes.height);
  }
  template <class Float>
  [[nodiscard]] BasicPlanes<Float> channels(const BasicPlanes<Float>& planes) const {
    return channels_of(planes, share(planes.channels));
  }
  /// The block for a thread that does all of a piece of work while the others wait.
  [[nodiscard]] Block alone() const {
    Block block = *this;
    block.members = 1;
    block.member = 0;
    return block;
  }
};

/// The value of a node and, in training, its gradient.
struct Value {
  Shape shape;
  Tensor* data = nullptr;
  Tensor* grad = nullptr;  ///< Null in inference.
  bool is_input = false;   ///< The graph's input, whose gradient is only wanted by Program::gradient.
  /// Where the block holds images in tiles: how they lie. `shape` then is a tile's.
  std::optional<TileHalo> halo = std::nullopt;
  bool zero_beyond = false;  ///< A reader sees pixels of a tile that lie beyond the image.
  /// The values whose tensors lie in this one's, channel after channel; empty where it has a tensor of its own.
  std::vector<Value*> parts = {};

  /// Once the value is written: makes the tiles' borders, and what lies beyond the image, what their readers expect.
  void exchange(const Block& block) const {
    if (parts.empty() && (zero_beyond || data->before() + data->after() > 0))
      halo->exchange(block.kernels, block.channels(data->in(block.arena)), data->before(), data->after());
  }
  [[nodiscard]] const Shape& image() const { return halo ? halo->image() : shape; }
};

/// Everything that a stage is built from.
struct StageSpec {
  std::vector<Value*> in;
  Value* out = nullptr;
  Layout& layout;
  bool training = false;
  int forward_time = 0, backward_time = 0;
  std::size_t weights = 0, bias = 0;  ///< Offsets of the layer's parameters.
  bool joins = false;                 ///< A Concat copies nothing: its inputs lie in its result.
  bool relu = false, pool = false;    ///< The stage ends in a ReLU, and in a MaxPool2d of 2 behind it.
  std::string layers = {};            ///< Names of the layers that the stage carries out.
};

/// One layer, or a few fused ones, on one block. Immutable once built: all state is in the Block.
class Stage {
 public:
  explicit Stage(const StageSpec& spec);
  virtual ~Stage() = default;
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  /// Floats that pack writes.
  [[nodiscard]] virtual std::size_t packed_size() const { return 0; }
  /// Brings the weights into the order that the kernels read. Once a step.
  virtual void pack(const Kernels&, const float* /*weights*/, float* /*packed*/) const {}
  /// forward, and what makes its result fit for the next stage.
  void run(const Block& block) const {
    forward(block);
    block.meet();
    if (!out_->halo) return;
    out_->exchange(block);
    block.meet();
  }
  /// backward, until all threads are done.
  void run_back(const Block& block) const {
    backward(block);
    block.meet();
  }

  /// Multiply-adds that the stage spends on one image, forward and, where `training`, backward, without transforms.
  [[nodiscard]] virtual double multiply_adds(bool /*training*/) const { return 0; }

  [[nodiscard]] const std::string& layers() const { return layers_; }
  /// Names of the ranges of the two passes.
  [[nodiscard]] const RangeName& forward_range() const { return forward_range_; }
  [[nodiscard]] const RangeName& backward_range() const { return backward_range_; }
  void place_packed(std::size_t offset) { packed_ = offset; }
  [[nodiscard]] std::size_t packed() const { return packed_; }
  /// The reader of a value whose backward pass comes first sets the gradient, the others add.
  void accumulate(std::size_t input, bool add) { in_[input].accumulate = add; }
  [[nodiscard]] std::size_t inputs() const { return in_.size(); }
  [[nodiscard]] const Value* input(std::size_t i) const { return in_[i].value; }

 protected:
  /// The caller has seen to it that the inputs are whole; when it returns the thread's share of the result is
  /// done.
  virtual void forward(const Block&) const = 0;
  /// Adds the weights' gradients to block.gradients and sets, or adds to, the gradients of the inputs: the thread's
  /// share.
  virtual void backward(const Block&) const = 0;

  struct Source {
    Value* value;
    bool accumulate = false;
  };

  [[nodiscard]] ConstPlanes in(const Block& block, std::size_t i = 0) const {
    return in_[i].value->data->in(block.arena);
  }
  /// The output; this thread's share of its border is zeroed.
  [[nodiscard]] Planes out(const Block& block) const;
  /// The output as the forward pass left it.
  [[nodiscard]] ConstPlanes result(const Block& block) const { return out_->data->in(block.arena); }
  [[nodiscard]] Planes d_out(const Block& block) const { return out_->grad->in(block.arena); }
  [[nodiscard]] bool wants_d_in(const Block& block, std::size_t i = 0) const {
    return !in_[i].value->is_input || block.input_gradient;
  }
  /// The gradient of an input; the thread's share of its border is zeroed if this stage is the first to write it.
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

/// The tensor's planes, with this thread's share of its border zeroed where other tensors may have written into it.
Planes with_clean_border(const Block& block, const Tensor& tensor);

}  // namespace dae::cpu
