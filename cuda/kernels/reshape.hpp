#pragma once

#include <driver_types.h>

#include <cstddef>

#include "cuda/runtime/element.hpp"

namespace dae::cuda {

/// to[n][column][row] = from[n][row][column] for `items` elements in all: channels-last pixels (rows) to C,H,W order,
/// or back.
void transpose(cudaStream_t stream, const void* from, void* to, unsigned rows, unsigned columns, std::size_t items,
               Element element);

}  // namespace dae::cuda
