#pragma once

#include "host/cpu/stages/convolution.hpp"

namespace dae::cpu {

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

}  // namespace dae::cpu
