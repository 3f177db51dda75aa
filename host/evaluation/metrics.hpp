#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "dae/batch.hpp"
#include "host/data/idx.hpp"
#include "host/images/picture.hpp"

/// \file
/// How good an image is beside its clean original. Values are in [0, 1]; PSNR is in dB with a peak of 1.
namespace dae {

/// Mean of (a - b)^2.
double mean_squared_error(std::span<const float> a, std::span<const float> b);

/// 10 log10(1 / mse), with an mse of at least 1e-10, so that equal images have 100 dB.
double psnr_of(double mse);

/// Mean binary cross-entropy of a prediction in [0, 1], moved into [1e-7, 1 - 1e-7] first, as Keras does.
double binary_cross_entropy(std::span<const float> prediction, std::span<const float> target);

/// The binary cross-entropy of a perfect prediction, which is not zero because the targets are grey: the mean of
/// -t log t - (1 - t) log(1 - t). 0.05808 on MNIST's test images.
double bce_floor(const ImageSet&);

/// Means over images.
struct Quality {
  double bce = 0;  ///< As binary_cross_entropy.
  double mse = 0;
  double psnr = 0;  ///< Mean of the images' PSNR.
  double psnr_of_mean_mse = 0;
  double ssim = 0;  ///< See host/graph/ssim.hpp.
};

/// Collects the quality of images one after the other.
class QualityMeter {
 public:
  /// Both spans hold shape.sample_size() values.
  void add(std::span<const float> result, std::span<const float> clean, const Shape& shape);
  /// Zeros when nothing was added.
  [[nodiscard]] Quality mean() const;

 private:
  Quality sum_;
  std::uint64_t images_ = 0;
};

/// The colours of a picture without its transparency, in units of the range [0, 1].
struct Colours {
  Shape shape;
  std::vector<float> values;
};
Colours colours_of(const Picture& picture);

/// How near a picture comes to a clean one; see psnr_of and host/graph/ssim.hpp.
struct PictureQuality {
  double psnr = 0, ssim = 0;
};

/// Pictures may differ in depth, but not in size or in being grey or colour: throws InputError, calling the first one
/// `name`.
PictureQuality quality_of(const Colours& picture, const Colours& clean, std::string_view name);

}  // namespace dae
