#pragma once

#include <memory>
#include <optional>

#include "dae/graph.hpp"
#include "host/cpu/stages/convolution.hpp"
#include "host/cpu/stages/stage.hpp"

/// \file
/// The stages of all layers; each layer's source has its name.
namespace dae::cpu {

/// A function of each element whose gradient its result tells.
class ActivationStage final : public Stage {
 public:
  using Forward = void (*Kernels::*)(ConstPlanes in, Planes out);
  using Backward = void (*Kernels::*)(ConstPlanes out, ConstPlanes d_out, Planes d_in, bool accumulate);

  ActivationStage(const StageSpec& spec, Forward forward, Backward backward);
  void forward(const Block&) const override;
  void backward(const Block&) const override;

 private:
  Forward forward_;
  Backward backward_;
};

/// Conv2d with its bias and with what StageSpec says of ReLU and pooling behind it; before it an Upsample2d by
/// `upsampling`; a second input, in predictions only, is upsampled by 2 and joined to the first. `shape` is the
/// convolution's own output, before pooling; `whole` is the same of the whole image where the block holds tiles.
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

/// Add of any number of inputs, or Subtract of two.
class SumStage final : public Stage {
 public:
  SumStage(const StageSpec& spec, float sign) : Stage(spec), sign_(sign) {}
  void forward(const Block&) const override;
  void backward(const Block&) const override;

 private:
  [[nodiscard]] float sign(std::size_t input) const { return input == 0 ? 1.0f : sign_; }
  float sign_;  // of every input but the first
};

/// Copies, unless the inputs lie in the result.
class ConcatStage final : public Stage {
 public:
  explicit ConcatStage(const StageSpec& spec);
  void forward(const Block&) const override;
  void backward(const Block&) const override;
};

/// `levels` is one number a lane: how strong its noise is.
class NoiseMapStage final : public Stage {
 public:
  NoiseMapStage(const StageSpec& spec, const Tensor& levels) : Stage(spec), levels_(levels) {}
  void forward(const Block&) const override;
  void backward(const Block&) const override;

 private:
  const Tensor& levels_;
};

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

/// Flatten and Reshape: both keep the elements in C,H,W order, so both copy plane after plane, row after row.
class ReshapeStage final : public Stage {
 public:
  explicit ReshapeStage(const StageSpec& spec) : Stage(spec) {}
  void forward(const Block&) const override;
  void backward(const Block&) const override;
};

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

class UpsampleStage final : public Stage {
 public:
  UpsampleStage(const StageSpec& spec, const Upsample2d& op) : Stage(spec), factor_(op.factor) {}
  void forward(const Block&) const override;
  void backward(const Block&) const override;

 private:
  int factor_;
};

}  // namespace dae::cpu
