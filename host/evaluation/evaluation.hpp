#pragma once

#include <string>
#include <vector>

#include "dae/device.hpp"
#include "host/checkpoint/checkpoint.hpp"
#include "host/data/idx.hpp"
#include "host/data/photo_folder.hpp"
#include "host/evaluation/metrics.hpp"

namespace dae {

/// A network's quality on a set of noisy images.
struct Evaluation {
  int images = 0;
  double bce = 0;    ///< From the logits, as training's val_loss; of a graph without a final Sigmoid as Quality::bce.
  double floor = 0;  ///< The bce of a perfect result.
  Quality result;    ///< The output's.
  Quality noisy;     ///< The input's.
};

/// Adds noise to each image as validation does (its index is the sample id), denoises it and compares both with the
/// original. Throws ShapeError when the images do not have the size that the network was trained on.
Evaluation evaluate(Device&, const Checkpoint&, const ImageSet&, const NoiseRecipe&, int batch,
                    const Computation& = {});

/// Mean PSNR of the noisy images alone.
double noisy_psnr(const ImageSet&, const NoiseRecipe&);

/// Image i as validation gives it to the network: its noisy counterpart, or with noise drawn.
std::vector<float> noisy_image(const ImageSet&, std::uint32_t i, const NoiseRecipe&);

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
