#pragma once

#include <memory>

#include "dae/graph.hpp"
#include "host/cpu/stages/stage.hpp"

namespace dae::cpu {

/// The numbers of a convolution with stride 1. `before` and `after` are the rows of padding above and below, which are
/// the columns on the left and right too. The kernel sees each row and column of the input `upsampling`
/// times.
struct ConvShape {
  int kernel, before, after;
  int in_channels, out_channels;
  int in_height, in_width, out_height, out_width;
  int upsampling;
  int whole_height, whole_width;  ///< The output of the whole image, where `out` is that of a tile.

  ConvShape(const Conv2d& op, const Shape& in, const Shape& out, int upsampling, const Shape& whole);
  /// Pairs of an output and an input channel.
  [[nodiscard]] std::size_t pairs() const {
    return static_cast<std::size_t>(in_channels) * static_cast<std::size_t>(out_channels);
  }
  [[nodiscard]] std::size_t weights() const { return pairs() * static_cast<std::size_t>(kernel * kernel); }
};

/// The tensors that a convolution works on, and when.
struct ConvTensors {
  Layout& layout;
  Tensor* in = nullptr;
  Tensor* d_out = nullptr;  ///< Null in inference.
  int forward_time = 0, backward_time = 0;
  Tensor* coarse = nullptr;        ///< The last input channels, at half the size; null where `in` has all.
  const TileHalo* halo = nullptr;  ///< How the output, before pooling, lies in tiles; null where lanes are images.
};

/// Output channels that Kernels::pack_conv keeps together: a share of a convolution begins at a multiple of it.
inline constexpr int packed_channels = 4;

/// A way to carry out a convolution and its gradients on a block, or a thread's share of them. `packed` is what pack
/// has written. The caller sees to it that all threads have written what a function reads.
class Convolution {
 public:
  virtual ~Convolution() = default;
  [[nodiscard]] virtual std::size_t packed_size() const = 0;
  virtual void pack(const Kernels&, const float* weights, float* packed) const = 0;
  virtual void forward(const Block&, const float* packed, ConstPlanes in, Planes out, const Epilogue&) const = 0;
  /// Adds to the weights' gradient. Where there are tiles, `d_out` is zero beyond the image and its borders are
  /// exchanged. Comes before input_gradient, to which it may leave something.
  virtual void filter_gradient(const Block&, ConstPlanes in, ConstPlanes d_out, float* gradient) const = 0;
  virtual void input_gradient(const Block&, const float* packed, ConstPlanes d_out, Planes d_in,
                              bool accumulate) const = 0;
  /// True if filter_gradient may be called for a few rows and output channels after the other.
  [[nodiscard]] virtual bool in_parts() const { return false; }
  /// Multiply-adds that forward and input_gradient each spend on one image, and filter_gradient, without transforms.
  [[nodiscard]] virtual double multiply_adds() const = 0;
  [[nodiscard]] virtual double filter_multiply_adds() const { return multiply_adds(); }
};

/// The way that suits a shape, by a fixed rule: no timing, so that bits repeat. It asks the tensors for the borders
/// that it reads.
std::unique_ptr<Convolution> make_convolution(const ConvShape& shape, const ConvTensors& tensors);

/// True if the image may be cut into such tiles, in as many directions as `rows` and `columns` say, and the sums of
/// every output are taken in the same order.
bool may_be_cut(const ConvShape& tile, bool rows, bool columns);

/// True where a convolution that reads an upsampled image may take the image before upsampling.
bool can_upsample(const Conv2d& op, int factor);

}  // namespace dae::cpu
