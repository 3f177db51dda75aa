#pragma once

#include <driver_types.h>

#include <cstddef>

#include "cuda/control.hpp"
#include "cuda/element.hpp"

namespace dae::cuda {

/// The flat arrays that one step of Adam runs over; all begin at 256-byte boundaries, sizes are multiples of 128.
struct AdamOperands {
  float *weights = nullptr, *m = nullptr, *v = nullptr;
  const void* weight_gradients = nullptr;  ///< Element type; the first `split` numbers.
  const float* bias_gradients = nullptr;   ///< The rest.
  std::size_t split = 0, size = 0;
  const Control* control = nullptr;
};

/// One step of Adam in Keras' form with the factor that finish_step computed; does nothing after a bad step.
void adam(cudaStream_t stream, const AdamOperands& operands, Element element);

}  // namespace dae::cuda
