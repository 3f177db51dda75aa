#pragma once

#include <driver_types.h>

#include <cstddef>

#include "cuda/runtime/element.hpp"

namespace dae::cuda {

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

}  // namespace dae::cuda
