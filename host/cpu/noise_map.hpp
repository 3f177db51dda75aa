#pragma once

#include "host/cpu/stage.hpp"

namespace dae::cpu {

/// `levels` is one number a lane: how strong its noise is.
class NoiseMapStage final : public Stage {
 public:
  NoiseMapStage(const Wiring& wiring, const Tensor& levels) : Stage(wiring), levels_(levels) {}
  void forward(const Block&) const override;
  void backward(const Block&) const override;

 private:
  const Tensor& levels_;
};

}  // namespace dae::cpu
