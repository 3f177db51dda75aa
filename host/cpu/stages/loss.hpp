#pragma once

#include <vector>

#include "dae/loss.hpp"
#include "host/cpu/stages/stage.hpp"

namespace dae::cpu {

/// Sums over the samples of a block.
struct BlockSums {
  double loss = 0;           ///< Sum of each sample's mean loss; under Dot of its sum.
  double squared_error = 0;  ///< Sum of each sample's mean of (output - target)^2.
  double psnr = 0;
};

/// The loss behind a network's output, and its gradient. Ssim needs lanes that are images.
class LossPass {
 public:
  /// Target and output lie in the same way. Asks the layout for the scratch memory that it needs at `time`.
  LossPass(const Loss& loss, const Value& output, Tensor& target, Layout& layout, int time);

  /// The sums over the first `count` images. With `scale` other than 0 the gradient of scale times the sum of their
  /// losses' terms becomes the output's grad.
  [[nodiscard]] BlockSums operator()(const Block& block, int count, float scale) const;
  /// Terms that a sample's loss is the mean of.
  [[nodiscard]] double terms() const { return terms_; }

 private:
  Loss loss_;
  const Value& output_;
  Tensor& target_;
  double terms_;
  std::vector<float> window_;  // of Ssim
  Tensor* scratch_ = nullptr;
};

}  // namespace dae::cpu
