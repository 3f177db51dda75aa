#pragma once

#include <driver_types.h>

#include <cstddef>
#include <cstdint>

#include "cuda/runtime/element.hpp"

namespace dae::cuda {

class LayerBuilder;

/// y[row][channel] += bias[channel], then max(., 0) when `relu`; in place.
void add_bias(cudaStream_t stream, void* y, const void* bias, std::size_t rows, unsigned channels, bool relu,
              Element element);

/// Sums the rows of a gradient in `blocks` slices: partials is (blocks, channels). With `output` (what a ReLU made) the
/// gradient is first set to zero, in place, where the output is not positive.
void bias_gradient(cudaStream_t stream, void* gradient, const void* output, float* partials, unsigned blocks,
                   std::size_t rows, unsigned channels, Element element);

/// Adds the step that sums a layer's output gradient over its `rows` rows for the bias and, with `relu`, first sets the
/// gradient to zero, in place, where the output is not positive. The sums are finished by end_step.
void lower_bias_gradient(LayerBuilder& layer, std::size_t rows, bool relu);

/// The partial sums that end_step adds up for one bias: `blocks` rows of `channels` floats.
struct BiasSum {
  const float* partials = nullptr;
  float* sum = nullptr;
  std::uint32_t blocks = 0, channels = 0;
};

}  // namespace dae::cuda
