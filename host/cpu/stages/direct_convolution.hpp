#pragma once

#include "host/cpu/stages/convolution.hpp"

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

}  // namespace dae::cpu
