#pragma once

#include <driver_types.h>

#include "cuda/control.hpp"
#include "cuda/element.hpp"
#include "dae/noise.hpp"
#include "dae/shape.hpp"

namespace dae::cuda {

/// The batch that comes next, from the pool into the network: `target` is the scaled crop in its orientation, `input`
/// the same with noise, or the crop of the slot's noisy image. Rows beyond the last sample are zero. `levels`, unless
/// null, gets how strong each sample's noise is.
void gather(cudaStream_t stream, const Control* control, const Shape& batch, const NoiseRecipe& recipe, void* input,
            float* target, float* levels, Element element);

}  // namespace dae::cuda
