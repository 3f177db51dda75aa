#pragma once

#include <driver_types.h>

#include <cstddef>

#include "cuda/kernels/step_params.hpp"
#include "cuda/runtime/element.hpp"
#include "dae/optimizer.hpp"

namespace dae::cuda {

/// The flat arrays that one optimizer step runs over; all begin at 256-byte boundaries, sizes are multiples of 128.
struct UpdateOperands {
  float *weights = nullptr, *m = nullptr, *v = nullptr, *average = nullptr;
  const void* weight_gradients = nullptr;  ///< Element type; the first `split` numbers.
  const float* bias_gradients = nullptr;   ///< The rest.
  std::size_t split = 0, size = 0;
  StepParams* params = nullptr;
  double* norm_partials = nullptr;  ///< kNormBlocks of them.
};

/// Blocks that the gradients' norm is summed in, whatever the GPU.
inline constexpr unsigned kNormBlocks = 128;

/// The host's part of Rates, in the form that the kernels read.
Rates rates_of(const Update& update);

/// Leaves in the StepParams what the gradients are to be multiplied with so that their norm is at most
/// Rates::clip_norm.
void clip_gradients(cudaStream_t stream, const UpdateOperands& operands, Element element);

/// One step of the optimizer that the StepParams's Rates name, with the factor that end_step computed; does nothing
/// after a bad step. Adam is Keras' form.
void update_weights(cudaStream_t stream, const UpdateOperands& operands, Element element);

}  // namespace dae::cuda
