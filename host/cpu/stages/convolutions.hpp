#pragma once

#include <memory>
#include <optional>

#include "host/cpu/stages/convolution.hpp"

/// \file
/// The ways to carry out a convolution; each has a source of its name.
namespace dae::cpu {

/// By the definition, in register tiles; any kernel and any padding.
class DirectConvolution final : public Convolution {
 public:
  DirectConvolution(const ConvShape& shape, const ConvTensors& tensors);

  [[nodiscard]] std::size_t packed_size() const override;
  void pack(const Kernels&, const float* weights, float* packed) const override;
  void forward(const Block&, const float* packed, ConstPlanes in, Planes out, const Epilogue&) const override;
  void filter_gradient(const Block&, ConstPlanes in, ConstPlanes d_out, float* gradient) const override;
  void input_gradient(const Block&, const float* packed, ConstPlanes d_out, Planes d_in,
                      bool accumulate) const override;
  [[nodiscard]] bool in_parts() const override { return true; }
  [[nodiscard]] double multiply_adds() const override;

 private:
  /// `out` is a part of the result, `epilogue` that of the whole; the upper left tap of the result's first pixel is at
  /// (origin, origin).
  void convolve(const Block&, const float* packed, ConstPlanes in, const Part& part, const Planes& out, int origin,
                const Epilogue& epilogue) const;

  ConvShape shape_;
  bool training_;
  Tensor* rows_;  // of a few channels' sums, which wait for pooling
};

/// Any kernel on an image upsampled by any factor f, at low resolution: each of the f * f pixels that lie over an input
/// pixel is a convolution with a smaller kernel of its own (of 5x5 on a doubled image, 3x3), so together they are one
/// convolution with f * f times as many channels, whose output is then spread out. That convolution is carried out in
/// whichever way suits it.
class PhaseConvolution final : public Convolution {
 public:
  PhaseConvolution(const ConvShape& shape, const ConvTensors& tensors);

  /// The convolution with the channels of all phases.
  static ConvShape phases_of(const ConvShape& shape);

  [[nodiscard]] std::size_t packed_size() const override;
  void pack(const Kernels&, const float* weights, float* packed) const override;
  void forward(const Block&, const float* packed, ConstPlanes in, Planes out, const Epilogue&) const override;
  void filter_gradient(const Block&, ConstPlanes in, ConstPlanes d_out, float* gradient) const override;
  void input_gradient(const Block&, const float* packed, ConstPlanes d_out, Planes d_in,
                      bool accumulate) const override;
  [[nodiscard]] double multiply_adds() const override { return inner_->multiply_adds(); }
  [[nodiscard]] double filter_multiply_adds() const override { return inner_->filter_multiply_adds(); }

 private:
  /// Calls act(weight, phase's weight) with indices into the kernels of all channels, for all pairs of which the second
  /// is a sum over the first.
  template <class Act>
  void for_weights(const Slice& pairs, Act act) const;

  ConvShape shape_, phases_;
  Tensor* out_;
  Tensor* grad_ = nullptr;
  Tensor* weight_gradient_ = nullptr;
  std::optional<TileHalo> halo_;  // of grad_
  std::unique_ptr<Convolution> inner_;
};

/// 3x3 (same) of an image upsampled by 2, at low resolution: 9 multiply-adds instead of 36 for 2x2 outputs. See
/// kernels/upsampled_conv.hpp.
class UpsampledConvolution final : public Convolution {
 public:
  UpsampledConvolution(const ConvShape& shape, const ConvTensors& tensors);

  static bool suits(const ConvShape& shape);

  [[nodiscard]] std::size_t packed_size() const override;
  void pack(const Kernels&, const float* weights, float* packed) const override;
  void forward(const Block&, const float* packed, ConstPlanes in, Planes out, const Epilogue&) const override;
  void filter_gradient(const Block&, ConstPlanes in, ConstPlanes d_out, float* gradient) const override;
  void input_gradient(const Block&, const float* packed, ConstPlanes d_out, Planes d_in,
                      bool accumulate) const override;
  [[nodiscard]] double multiply_adds() const override;

 private:
  static constexpr int frequencies = 9;

  void forward_by_phases(const Block&, const float* packed, ConstPlanes in, Planes out, const Epilogue&) const;
  [[nodiscard]] int rows_at_once() const;
  [[nodiscard]] bool by_phases() const { return across_ == nullptr; }

  ConvShape shape_;
  bool training_;
  // Differences of the input, and the nine products; null where the forward pass goes by phases.
  Tensor *across_ = nullptr, *down_ = nullptr, *both_ = nullptr, *products_ = nullptr;
  Tensor* grads_ = nullptr;
  Tensor* weight_scratch_ = nullptr;
};

/// 3x3 by Winograd's F(4x4, 3x3), 36 multiply-adds instead of 144 for a tile of 4x4 outputs, or where such tiles would
/// stick out too far by F(2x2, 3x3), 16 instead of 36. See kernels/winograd.hpp.
class WinogradConvolution final : public Convolution {
 public:
  WinogradConvolution(const ConvShape& shape, const ConvTensors& tensors);

  /// 3x3 with so many channels that the products outweigh the transforms.
  static bool suits(const ConvShape& shape);
  /// True if forward can upsample the last input channels by 2 itself.
  static bool upsamples(const ConvShape& shape) { return suits(shape) && outputs(shape) == 4 && shape.before == 1; }
  /// Outputs of a tile of the forward pass in each direction: tiles of an image must be whole multiples of it.
  static int outputs(const ConvShape& shape);

  [[nodiscard]] std::size_t packed_size() const override;
  void pack(const Kernels&, const float* weights, float* packed) const override;
  void forward(const Block&, const float* packed, ConstPlanes in, Planes out, const Epilogue&) const override;
  void filter_gradient(const Block&, ConstPlanes in, ConstPlanes d_out, float* gradient) const override;
  void input_gradient(const Block&, const float* packed, ConstPlanes d_out, Planes d_in,
                      bool accumulate) const override;
  [[nodiscard]] double multiply_adds() const override;
  [[nodiscard]] double filter_multiply_adds() const override;

 private:
  struct Way {
    int outputs, frequencies, group;
    explicit Way(int m) : outputs(m), frequencies((m + 2) * (m + 2)), group(m == 4 ? 12 : 4) {}
    [[nodiscard]] const Winograd& in(const Kernels& kernels) const {
      return outputs == 4 ? *kernels.winograd4 : *kernels.winograd2;
    }
  };

  void run(const Block&, const float* packed, float* scratch, ConstPlanes in, ConstPlanes coarse, int origin,
           Planes out, const Epilogue&) const;

  ConvShape shape_;
  bool training_;
  Way way_, filter_way_;  // of the data, forward and back, and of the weights' gradient
  Tensor* coarse_;        // see ConvTensors
  Tensor* scratch_;       // transformed tiles, first those that are read, then those that are written
  Tensor* backward_scratch_ = nullptr;
  Tensor* weight_scratch_ = nullptr;
};

}  // namespace dae::cpu
