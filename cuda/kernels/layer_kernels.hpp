#pragma once

#include <driver_types.h>

#include <cstddef>

#include "cuda/runtime/element.hpp"
#include "dae/shape.hpp"

/// \file
/// The kernels that layers enqueue, besides those of bias and loss; each layer's source has its name.
namespace dae::cuda {

enum class Activation { relu, sigmoid };

/// y = f(x), element by element.
void activation_forward(cudaStream_t stream, Activation function, const void* x, void* y, std::size_t size,
                        Element element);

/// dx = dy f'(x), computed from y = f(x).
void activation_backward(cudaStream_t stream, Activation function, const void* dy, const void* y, void* dx,
                         std::size_t size, Element element);

/// A tensor and the factor that it enters a sum with; data may be null.
struct Term {
  const void* data = nullptr;
  float factor = 1;
};

/// sum = a.factor a + b.factor b, element by element; `sum` may be a's or b's memory.
void combine(cudaStream_t stream, const Term& a, const Term& b, void* sum, std::size_t size, Element element);

/// Where channels lie inside wider pixels.
struct Channels {
  unsigned stride, first;
};

/// to[row][to_place.first + c] = from[row][from_place.first + c] for c < channels.
void copy_channels(cudaStream_t stream, const void* from, Channels from_place, void* to, Channels to_place,
                   unsigned channels, std::size_t rows, Element element);

/// All `pixels` of each sample's map become its level.
void noise_map(cudaStream_t stream, const float* levels, void* map, std::size_t pixels, std::size_t samples,
               Element element);

/// The same level for all samples, where no noise is drawn.
void set_levels(cudaStream_t stream, float* levels, float level, std::size_t samples);

/// to[i] = fp32 of from[i], through a Sigmoid where the loss applied the final one itself.
void make_output(cudaStream_t stream, const void* from, float* to, std::size_t size, Element element, bool sigmoid);

/// bf16 of fp32 numbers: the weights before a bf16 pass, and the input of Program::predict. For f32 a plain copy.
void cast(cudaStream_t stream, const float* from, void* to, std::size_t size, Element element);

/// to[n][column][row] = from[n][row][column] for `items` elements in all: channels-last pixels (rows) to C,H,W order,
/// or back.
void transpose(cudaStream_t stream, const void* from, void* to, unsigned rows, unsigned columns, std::size_t items,
               Element element);

/// Every block x block square of pixels of `space` as the channels of one pixel of `depth`, as dae/graph.hpp's
/// SpaceToDepth orders them. `shape` is that of `space`.
void space_to_depth(cudaStream_t stream, const void* space, void* depth, const Shape& shape, unsigned block,
                    Element element);
/// The reverse.
void depth_to_space(cudaStream_t stream, const void* depth, void* space, const Shape& shape, unsigned block,
                    Element element);

/// y repeats every row and column of x `factor` times; `low` is the shape of x.
void upsample_forward(cudaStream_t stream, const void* x, void* y, const Shape& low, unsigned factor, Element element);

/// dx sums the gradients of every copy.
void upsample_backward(cudaStream_t stream, const void* dy, void* dx, const Shape& low, unsigned factor,
                       Element element);

}  // namespace dae::cuda
