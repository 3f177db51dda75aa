#pragma once

#include "dae/graph.hpp"
#include "host/cpu/stage.hpp"

namespace dae::cpu {

class UpsampleStage final : public Stage {
 public:
  UpsampleStage(const Wiring& wiring, const Upsample2d& op) : Stage(wiring), factor_(op.factor) {}
  void forward(const Block&) const override;
  void backward(const Block&) const override;

 private:
  int factor_;
};

}  // namespace dae::cpu
