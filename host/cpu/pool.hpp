#pragma once

#include "dae/graph.hpp"
#include "host/cpu/stage.hpp"

namespace dae::cpu {

class PoolStage final : public Stage {
 public:
  PoolStage(const Wiring& wiring, const MaxPool2d& op);
  void forward(const Block&) const override;
  void backward(const Block&) const override;

 private:
  int size_;
};

}  // namespace dae::cpu
