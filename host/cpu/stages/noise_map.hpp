#pragma once

#include "host/cpu/stages/stage.hpp"

namespace dae::cpu {

/// `levels` is one number a lane: how strong its noise is.
class NoiseMapStage final : public Stage {
 public:
  NoiseMapStage(const StageSpec& spec, const Tensor& levels) : Stage(spec), levels_(levels) {}
  void forward(const Block&) const override;
  void backward(const Block&) const override;

 private:
  const Tensor& levels_;
};

}  // namespace dae::cpu
