#pragma once

#include <string>
#include <vector>

#include "dae/device.hpp"
#include "host/checkpoint/checkpoint.hpp"
#include "host/data/photo_folder.hpp"
#include "host/evaluation/metrics.hpp"

namespace dae {

/// One photo's figures.
struct PhotoResult {
  std::string name;
  Shape shape;
  double psnr = 0, ssim = 0;              ///< The result's, clamped to [0, 1] and rounded to 8 bits as it is saved.
  double noisy_psnr = 0, noisy_ssim = 0;  ///< The noisy photo's, as the network gets it.
};

struct PhotoEvaluation {
  std::vector<PhotoResult> photos;
  PhotoResult mean;
  std::vector<SkippedFile> skipped;  ///< Photos that can no longer be read.
};

/// Denoises photos of any size and compares them with the originals. The noise is that of their counterparts, or drawn
/// as validation does (the photo's index is the sample id). Throws GraphError for a network that is tied to one size,
/// InputError when no photo is left, NumericError when an answer holds values that are no finite numbers.
PhotoEvaluation evaluate_photos(Device&, const Checkpoint&, const PhotoFolder&, const NoiseRecipe&,
                                const Computation& = {});

}  // namespace dae
