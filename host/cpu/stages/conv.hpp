#pragma once

#include <memory>
#include <optional>

#include "dae/graph.hpp"
#include "host/cpu/stages/convolution.hpp"
#include "host/cpu/stages/stage.hpp"

namespace dae::cpu {

/// Conv2d with its bias and with what StageSpec says of ReLU and pooling behind it; before it an Upsample2d by
/// `upsampling`. `shape` is the convolution's own output, before pooling; `whole` is the same of the whole image where
/// the block holds tiles.
class ConvStage final : public Stage {
 public:
  ConvStage(const StageSpec& spec, const Conv2d& op, const Shape& shape, int upsampling, const Shape& whole);

  [[nodiscard]] std::size_t packed_size() const override { return convolution_->packed_size(); }
  void pack(const Kernels&, const float* weights, float* packed) const override;
  void forward(const Block&) const override;
  void backward(const Block&) const override;
  [[nodiscard]] double multiply_adds(bool training) const override {
    return convolution_->multiply_adds() * (passes(training) - (training ? 1 : 0)) +
           (training ? convolution_->filter_multiply_adds() : 0);
  }

 private:
  [[nodiscard]] PoolIndex index(const Block& block) const;
  /// The gradient of the sums, from the output's; adds to the bias' gradient: the thread's share of both.
  [[nodiscard]] Planes grad_of_sums(const Block& block) const;
  [[nodiscard]] ConstPlanes pooled_grad(const Block& block, const Slice& channels) const;
  void backward_by_parts(const Block& block) const;

  bool relu_, pool_;
  ConvShape shape_;
  std::size_t weights_, bias_;
  Tensor* index_ = nullptr;            // bytes, see PoolIndex
  Tensor* full_grad_ = nullptr;        // the gradient before pooling; without pooling it is the output's
  std::optional<TileHalo> full_halo_;  // of full_grad_
  std::unique_ptr<Convolution> convolution_;
};

}  // namespace dae::cpu
