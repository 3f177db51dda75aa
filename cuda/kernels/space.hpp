#pragma once

#include <driver_types.h>

#include "cuda/runtime/element.hpp"
#include "dae/shape.hpp"

namespace dae::cuda {

/// Every block x block square of pixels of `space` as the channels of one pixel of `depth`, as dae/graph.hpp's
/// SpaceToDepth orders them. `shape` is that of `space`.
void space_to_depth(cudaStream_t stream, const void* space, void* depth, const Shape& shape, unsigned block,
                    Element element);
/// The reverse.
void depth_to_space(cudaStream_t stream, const void* depth, void* space, const Shape& shape, unsigned block,
                    Element element);

}  // namespace dae::cuda
