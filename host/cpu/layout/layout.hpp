#pragma once

#include <climits>
#include <cstddef>
#include <deque>

#include "dae/shape.hpp"
#include "host/cpu/kernels/planes.hpp"

namespace dae::cpu {

/// A tensor of one block of images in a thread's arena, as planes.hpp lays it out.
class Tensor {
 public:
  Tensor(int channels, int height, int width) : channels_(channels), height_(height), width_(width) {}

  /// Asks for a border of zeros, `before` above and on the left, `after` below and on the right.
  void need_border(int before, int after);
  /// Says that the content is needed at a time. Times only have to be in order.
  void live(int time);

  /// After Layout::place.
  [[nodiscard]] Planes in(float* arena) const;
  /// True when other tensors use the memory at other times, so that the border must be zeroed again.
  [[nodiscard]] bool shared() const { return shared_; }
  [[nodiscard]] int before() const { return before_; }
  [[nodiscard]] int after() const { return after_; }
  /// True once it lies in another tensor, or others in it.
  [[nodiscard]] bool joined() const { return whole_ != nullptr || has_parts_; }

 private:
  friend class Layout;
  [[nodiscard]] std::size_t rows() const { return static_cast<std::size_t>(before_ + height_ + after_); }
  [[nodiscard]] std::size_t columns() const { return static_cast<std::size_t>(before_ + width_ + after_); }
  [[nodiscard]] std::size_t plane_floats() const;

  int channels_, height_, width_;
  int before_ = 0, after_ = 0;
  int first_ = INT_MAX, last_ = INT_MIN;
  int lanes_ = 0;
  std::size_t offset_ = 0;
  bool shared_ = false, has_parts_ = false;
  Tensor* whole_ = nullptr;  // the tensor in whose memory this one lies,
  int first_channel_ = 0;    // from this channel on
};

/// All tensors of a program, and where each lies in a thread's arena.
class Layout {
 public:
  explicit Layout(int lanes) : lanes_(lanes) {}

  /// The pointer stays valid as long as the Layout.
  Tensor* add(int channels, int height, int width) { return &tensors_.emplace_back(channels, height, width); }
  Tensor* add(const Shape& shape) { return add(shape.c, shape.h, shape.w); }
  /// Memory for `floats` floats without a form.
  Tensor* add_scratch(std::size_t floats);
  [[nodiscard]] int lanes() const { return lanes_; }
  /// Lets `part` lie in the channels of `whole` from `first_channel` on. Neither may lie in another tensor.
  static void join(Tensor& part, Tensor& whole, int first_channel);

  /// Fixes borders and times. Returns the floats that an arena needs.
  std::size_t place();

 private:
  int lanes_;
  std::deque<Tensor> tensors_;
};

}  // namespace dae::cpu
