#pragma once

#include "host/cpu/stages/stage.hpp"

namespace dae::cpu {

class ReluStage final : public Stage {
 public:
  explicit ReluStage(const StageSpec& spec);
  void forward(const Block&) const override;
  void backward(const Block&) const override;
};

class SigmoidStage final : public Stage {
 public:
  explicit SigmoidStage(const StageSpec& spec);
  void forward(const Block&) const override;
  void backward(const Block&) const override;
};

}  // namespace dae::cpu
