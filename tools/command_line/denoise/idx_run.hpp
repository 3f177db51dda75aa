#pragma once

#include <cstddef>

#include "host/checkpoint/trained_network.hpp"
#include "tools/command_line/denoise/denoise_job.hpp"

namespace dae {

/// Denoises an IDX file, adding noise first where the options say so. Returns the number of images. Throws InputError
/// for a file whose images do not have the network's size, and OutputError.
std::size_t run_idx(const DenoiseJob&, const DenoiseOptions&, const TrainedNetwork&, const Shape& sample);

/// Adds noise to a picture's colours, with `id` as the noise's.
void add_noise(Picture& picture, const NoiseRecipe& recipe, std::uint32_t id);

}  // namespace dae
