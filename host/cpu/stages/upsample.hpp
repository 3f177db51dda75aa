#pragma once

#include "dae/graph.hpp"
#include "host/cpu/stages/stage.hpp"

namespace dae::cpu {

class UpsampleStage final : public Stage {
 public:
  UpsampleStage(const StageSpec& spec, const Upsample2d& op) : Stage(spec), factor_(op.factor) {}
  void forward(const Block&) const override;
  void backward(const Block&) const override;

 private:
  int factor_;
};

}  // namespace dae::cpu
