#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace dae {

/// A buffer that is needed from time `first` to time `last`, both included.
struct Lifetime {
  std::size_t bytes = 0;
  int first = 0, last = 0;
};

struct BufferPlan {
  std::vector<std::size_t> offsets;  ///< In bytes, one a buffer; multiples of the alignment.
  std::vector<bool> shared;          ///< Whether another buffer uses some of the same bytes at another time.
  std::size_t bytes = 0;
};

/// Places buffers in one arena so that two that are needed at the same time never overlap: largest first, each into the
/// smallest gap that holds it (Pisarchyk and Lee, "Efficient memory management for deep neural net inference",
/// arXiv 2001.03288, section 5.2).
BufferPlan place_buffers(std::span<const Lifetime> buffers, std::size_t alignment);

}  // namespace dae
