#pragma once

#include <driver_types.h>

#include "cuda/kernels/step_params.hpp"
#include "cuda/runtime/element.hpp"
#include "dae/noise.hpp"
#include "dae/shape.hpp"

namespace dae::cuda {

/// The buffers that `gather` writes.
struct GatherTargets {
  void* input = nullptr;    ///< With noise, in the element type: what the network reads.
  float* target = nullptr;  ///< Without.
  float* levels = nullptr;  ///< How strong each sample's noise is, or null.
  /// Where kinds of noise besides the Gaussian are drawn, in fp32; input's own memory where that is fp32. May be null
  /// for a recipe of Gaussian parts.
  float* noisy = nullptr;
};

/// The batch that comes next, from the pool into the network: `target` is the scaled crop in its orientation, `input`
/// the same with noise, or the crop of the slot's noisy image. Rows beyond the last sample are zero. One launch for a
/// recipe of Gaussian parts; others take one a part more, and one at the end.
void gather(cudaStream_t stream, const StepParams* params, const Shape& batch, const NoiseRecipe& recipe,
            const GatherTargets& targets, Element element);

/// Applies the parts of a recipe that is not only Gaussian to `noisy`, in their order, and clips. Samples that
/// have a noisy image of their own are left alone.
void draw_parts(cudaStream_t stream, const StepParams* params, const Shape& batch, const NoiseRecipe& recipe,
                const GatherTargets& targets, Element element);

/// Jpeg alone, in place.
void compress_as_jpeg(cudaStream_t stream, const StepParams* params, const Shape& batch, const Jpeg& jpeg,
                      std::uint64_t seed, float* noisy);

}  // namespace dae::cuda
