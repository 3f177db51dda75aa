#pragma once

#include "dae/graph.hpp"
#include "host/cpu/stages/stage.hpp"

namespace dae::cpu {

class SpaceToDepthStage final : public Stage {
 public:
  SpaceToDepthStage(const StageSpec& spec, const SpaceToDepth& op) : Stage(spec), block_(op.block) {}
  void forward(const Block&) const override;
  void backward(const Block&) const override;

 private:
  int block_;
};

class DepthToSpaceStage final : public Stage {
 public:
  DepthToSpaceStage(const StageSpec& spec, const DepthToSpace& op) : Stage(spec), block_(op.block) {}
  void forward(const Block&) const override;
  void backward(const Block&) const override;

 private:
  int block_;
};

}  // namespace dae::cpu
