#pragma once

#include <cstdint>
#include <span>

#include "dae/batch.hpp"
#include "host/cpu/input/image_store.hpp"
#include "host/cpu/stages/stage.hpp"

namespace dae::cpu {

/// Where the lanes of a block get their pixels from and where they go: gather, scale to [0, 1], noise, clip.
class InputWriter {
 public:
  /// `levels` is null where no layer asks how strong the noise is.
  InputWriter(const Shape& sample, const NoiseRecipe& recipe, const Tensor& input, const Tensor& target,
              const Tensor* levels = nullptr);

  /// The thread's share of: writes the clean crops into the target, the noisy ones into the input and each lane's noise
  /// level. Lanes beyond the samples become zero.
  void write(const Block& block, const CpuImageStore& store, std::span<const Sample> samples) const;

 private:
  void write_noise(const Sample& sample, int lane, int lanes, ConstPlanes clean, Planes noisy) const;

  Shape shape_;
  const Tensor& input_;
  const Tensor& target_;
  const Tensor* levels_;
  NoiseRecipe recipe_;
  bool vector_;  // whether the kernel draws all of it
};

/// Writes the sample's crop of an image store's image, scaled to [0, 1], to host memory (h, w, c).
void read_crop(const CpuImageStore& store, const StoredImage& image, const Sample& sample, const Shape& shape,
               float* to);

/// Copies `count` samples of host memory (n, h, w, c) into the first lanes; the other lanes become zero.
void write_lanes(const Kernels& kernels, const float* from, int count, Planes to);
/// The reverse, for `count` lanes.
void read_lanes(const Kernels& kernels, ConstPlanes from, int count, float* to);

/// Throws UsageError unless the sample's crop of the size of `shape` lies in an image of the image store.
void check_crop(const CpuImageStore& store, const Sample& sample, const Shape& shape);

}  // namespace dae::cpu
