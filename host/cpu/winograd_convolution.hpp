#pragma once

#include "host/cpu/convolution.hpp"

namespace dae::cpu {

/// 3x3 by Winograd's F(2x2, 3x3): 16 multiply-adds instead of 36 for a tile of 2x2 outputs. See kernels/winograd.hpp.
class WinogradConvolution final : public Convolution {
 public:
  WinogradConvolution(const ConvShape& shape, const ConvWiring& wiring);

  /// 3x3 with so many channels that the products outweigh the transforms.
  static bool suits(const ConvShape& shape);

  [[nodiscard]] std::size_t packed_size() const override;
  void pack(const Kernels&, const float* weights, float* packed) const override;
  void forward(const Block&, const float* packed, ConstPlanes in, Planes out, const Finish&) const override;
  void filter_gradient(const Block&, ConstPlanes in, ConstPlanes d_out, float* gradient) const override;
  void input_gradient(const Block&, const float* packed, ConstPlanes d_out, Planes d_in,
                      bool accumulate) const override;
  [[nodiscard]] double multiply_adds() const override;

 private:
  static constexpr int frequencies = 16, row = 4;

  void run(const Block&, const float* packed, float* scratch, ConstPlanes in, int origin, Planes out,
           const Finish&) const;

  ConvShape shape_;
  bool training_;
  Tensor* scratch_;  // transformed tiles, first those that are read, then those that are written
  Tensor* backward_scratch_ = nullptr;
  Tensor* weight_scratch_ = nullptr;
};

}  // namespace dae::cpu
