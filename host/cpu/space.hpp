#pragma once

#include "dae/graph.hpp"
#include "host/cpu/stage.hpp"

namespace dae::cpu {

class SpaceToDepthStage final : public Stage {
 public:
  SpaceToDepthStage(const Wiring& wiring, const SpaceToDepth& op) : Stage(wiring), block_(op.block) {}
  void forward(const Block&) const override;
  void backward(const Block&) const override;

 private:
  int block_;
};

class DepthToSpaceStage final : public Stage {
 public:
  DepthToSpaceStage(const Wiring& wiring, const DepthToSpace& op) : Stage(wiring), block_(op.block) {}
  void forward(const Block&) const override;
  void backward(const Block&) const override;

 private:
  int block_;
};

}  // namespace dae::cpu
