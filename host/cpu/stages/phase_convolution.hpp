#pragma once

#include <optional>

#include "host/cpu/stages/convolution.hpp"

namespace dae::cpu {

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

}  // namespace dae::cpu
