#pragma once

#include "host/cpu/stages/stage.hpp"

namespace dae::cpu {

/// Flatten and Reshape: both keep the elements in C,H,W order, so both copy plane after plane, row after row.
class ReshapeStage final : public Stage {
 public:
  explicit ReshapeStage(const StageSpec& spec) : Stage(spec) {}
  void forward(const Block&) const override;
  void backward(const Block&) const override;
};

}  // namespace dae::cpu
