#pragma once

#include <driver_types.h>

#include <cstddef>

namespace dae::cuda {

/// Throws DeviceError (MemoryError for an exhausted memory) that names the call, the error's name, number and text.
/// The runtime's error state is cleared, so that the next call reports its own error.
void check(const char* call, cudaError_t status);

/// For destructors and clean-up: an error that nobody can act on is dropped, the runtime's error state cleared.
void ignore(cudaError_t status) noexcept;

/// A number of items that 32 bits index and a Divisor divides. Throws MemoryError for 2^31 and more.
unsigned index_count(std::size_t items);

}  // namespace dae::cuda
