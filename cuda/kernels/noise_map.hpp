#pragma once

#include <driver_types.h>

#include <cstddef>

#include "cuda/runtime/element.hpp"

namespace dae::cuda {

/// All `pixels` of each sample's map become its level.
void noise_map(cudaStream_t stream, const float* levels, void* map, std::size_t pixels, std::size_t samples,
               Element element);

/// The same level for all samples, where no noise is drawn.
void set_levels(cudaStream_t stream, float* levels, float level, std::size_t samples);

}  // namespace dae::cuda
