#pragma once

#include <driver_types.h>

#include <algorithm>
#include <cstddef>

#include "cuda/kernels/step_params.hpp"
#include "cuda/runtime/element.hpp"
#include "dae/loss.hpp"
#include "dae/shape.hpp"

namespace dae::cuda {

/// One block's sums over a part of a sample.
struct LossPartial {
  float loss = 0, squared_error = 0;
};

/// Blocks a sample: four elements a thread, so that a block's reduction is small beside its loads.
inline unsigned loss_chunks(const Shape& output) {
  constexpr std::size_t kElements = 1024, kMost = 64;
  return static_cast<unsigned>(std::clamp<std::size_t>(output.sample_size() / kElements, 1, kMost));
}

struct LossOperands {
  const void* last = nullptr;  ///< The last layer's output; logits for Bce.
  const float* target = nullptr;
  void* gradient = nullptr;  ///< With respect to `last`, of the mean over the live samples; null: not wanted.
  LossPartial* partials = nullptr;
  float* scratch = nullptr;  ///< Room for loss_scratch floats; null where no gradient is wanted.
};

/// Floats of scratch memory that the loss needs for a gradient.
std::size_t loss_scratch(const Loss& loss, const Shape& output);

/// Value of the loss and of (output - target)^2 for each block, and the gradient. Rows beyond the live samples give
/// zeros.
void loss(cudaStream_t stream, const Loss& loss, const LossOperands& operands, const StepParams* params,
          const Shape& output, Element element);

}  // namespace dae::cuda
