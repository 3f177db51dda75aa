#pragma once

#include "dae/graph.hpp"

/// \file
/// Networks for photos of any size; `channels` is 1 for grey and 3 for colour.
namespace dae {

/// Zhang et al., "Beyond a Gaussian denoiser" (arXiv 1608.03981): 17 convolutions of 64 channels that estimate the
/// noise, which is subtracted from the input. Without batch normalisation, which is a part of the weights once trained.
Graph dncnn(int channels);

/// The same with 8 convolutions of 32 channels: a sixteenth of the arithmetic.
Graph dncnn_small(int channels);

/// After Zhang, Zuo and Zhang, "FFDNet" (arXiv 1710.04026): the convolutions run at half the resolution, on the four
/// pixels of a square as channels, and see how strong the noise is. Like dncnn it estimates the noise.
Graph ffdnet_small(int channels);

/// After Ronneberger, Fischer and Brox, "U-Net" (arXiv 1505.04597): three levels of resolution, joined by skips. It
/// estimates the noise too. Height and width are multiples of 4.
Graph unet_small(int channels);

}  // namespace dae
