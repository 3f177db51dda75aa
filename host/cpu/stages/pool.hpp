#pragma once

#include "dae/graph.hpp"
#include "host/cpu/stages/stage.hpp"

namespace dae::cpu {

class PoolStage final : public Stage {
 public:
  PoolStage(const StageSpec& spec, const MaxPool2d& op);
  void forward(const Block&) const override;
  void backward(const Block&) const override;

 private:
  /// The part of the input that the windows of a part of the output cover.
  template <class Float>
  [[nodiscard]] BasicPlanes<Float> windows(const BasicPlanes<Float>& planes, const Part& part) const {
    return rows_times(channels_of(planes, part.channels), size_, part.rows);
  }
  int size_;
};

}  // namespace dae::cpu
