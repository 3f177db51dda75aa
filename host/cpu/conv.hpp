#pragma once

#include "dae/graph.hpp"
#include "host/cpu/stage.hpp"

namespace dae::cpu {

/// Conv2d with its bias, and a ReLU behind it where `relu`.
class ConvStage final : public Stage {
 public:
  ConvStage(const Wiring& wiring, const Conv2d& op, bool relu);

  [[nodiscard]] std::size_t packed_size() const override;
  void pack(const Kernels&, const float* weights, float* packed) const override;
  void forward(const Block&) const override;
  void backward(const Block&) const override;

 private:
  [[nodiscard]] std::size_t weight_count() const;

  int kernel_, before_;  // before_: rows of padding above, columns on the left
  bool relu_, training_;
  int in_channels_, out_channels_;
  std::size_t weights_, bias_;
};

}  // namespace dae::cpu
