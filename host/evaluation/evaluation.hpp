#pragma once

#include "dae/device.hpp"
#include "host/checkpoint/checkpoint.hpp"
#include "host/data/idx.hpp"
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

}  // namespace dae
