#pragma once

#include "dae/graph.hpp"
#include "host/cpu/stages/stage.hpp"

namespace dae::cpu {

/// Dense with its bias, and a ReLU behind it where StageSpec says so. Forward and input gradient are matrix products
/// whose columns are the images of the block. For the weights' gradient the columns are the weights of a row instead,
/// so that each weight costs one multiply-add an image and no sum over lanes; for that the input is turned round once.
class DenseStage final : public Stage {
 public:
  DenseStage(const StageSpec& spec, const Dense& op);
  void forward(const Block&) const override;
  void backward(const Block&) const override;
  [[nodiscard]] double multiply_adds(bool training) const override {
    return 1.0 * in_channels_ * units_ * passes(training);
  }

 private:
  int in_channels_, units_;
  bool relu_;
  std::size_t weights_, bias_;
  Tensor* rows_ = nullptr;  // the block's input, image by image
};

}  // namespace dae::cpu
