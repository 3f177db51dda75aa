#pragma once

#include "host/cpu/input/input_writer.hpp"

namespace dae::cpu {

/// The writer where lanes are images. Threads that share a block write some rows each.
class LaneInputWriter final : public InputWriter {
 public:
  /// `levels` is null where no layer asks how strong the noise is.
  LaneInputWriter(const Shape& sample, const NoiseRecipe& recipe, const Tensor& input, const Tensor& target,
                  const Tensor* levels = nullptr);
  void write(const Block& block, const CpuImageStore& store, std::span<const Sample> samples) const override;

 private:
  void write_clean(const Block& block, const CpuImageStore& store, std::span<const Sample> samples,
                   const Slice& rows) const;
  void write_noise(const Sample& sample, int lane, int lanes, ConstPlanes clean, Planes noisy) const;

  Shape shape_;
  const Tensor& input_;
  const Tensor& target_;
  const Tensor* levels_;
  NoiseRecipe recipe_;
  bool by_kernel_;  // the kernel draws all of the noise
};

}  // namespace dae::cpu
