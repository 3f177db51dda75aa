#pragma once

#include <memory>

#include "dae/graph.hpp"
#include "host/cpu/convolution.hpp"
#include "host/cpu/stage.hpp"

namespace dae::cpu {

/// Conv2d with its bias; behind it a ReLU where `relu`, before it an Upsample2d by 2 where `upsampled`.
class ConvStage final : public Stage {
 public:
  ConvStage(const Wiring& wiring, const Conv2d& op, bool relu, bool upsampled);

  [[nodiscard]] std::size_t packed_size() const override { return convolution_->packed_size(); }
  void pack(const Kernels&, const float* weights, float* packed) const override;
  void forward(const Block&) const override;
  void backward(const Block&) const override;

 private:
  bool relu_;
  std::size_t weights_, bias_;
  std::unique_ptr<Convolution> convolution_;
};

}  // namespace dae::cpu
