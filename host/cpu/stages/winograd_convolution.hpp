#pragma once

#include "host/cpu/stages/convolution.hpp"

namespace dae::cpu {

/// 3x3 by Winograd's F(4x4, 3x3), 36 multiply-adds instead of 144 for a tile of 4x4 outputs, or where such tiles would
/// stick out too far by F(2x2, 3x3), 16 instead of 36. See kernels/winograd.hpp.
class WinogradConvolution final : public Convolution {
 public:
  WinogradConvolution(const ConvShape& shape, const ConvTensors& tensors);

  /// 3x3 with so many channels that the products outweigh the transforms.
  static bool suits(const ConvShape& shape);
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

  void run(const Block&, const float* packed, float* scratch, ConstPlanes in, int origin, Planes out,
           const Epilogue&) const;

  ConvShape shape_;
  bool training_;
  Way way_, filter_way_;  // of the data, forward and back, and of the weights' gradient
  Tensor* scratch_;       // transformed tiles, first those that are read, then those that are written
  Tensor* backward_scratch_ = nullptr;
  Tensor* weight_scratch_ = nullptr;
};

}  // namespace dae::cpu
