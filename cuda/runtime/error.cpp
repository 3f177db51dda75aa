#include "cuda/runtime/error.hpp"

#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include "dae/error.hpp"

namespace dae::cuda {

void check(const char* call, cudaError_t status) {
  if (status == cudaSuccess) return;
  cudaGetLastError();
  const std::string text = fmt::format("{} failed: {} ({}): {}", call, cudaGetErrorName(status),
                                       static_cast<int>(status), cudaGetErrorString(status));
  if (status == cudaErrorMemoryAllocation) throw MemoryError(text);
  throw DeviceError(text);
}

void ignore(cudaError_t status) noexcept {
  if (status != cudaSuccess) cudaGetLastError();
}

unsigned index_count(std::size_t items) {
  if (items >> 31 != 0) throw MemoryError("a tensor has 2^31 elements or more; take a smaller batch");
  return static_cast<unsigned>(items);
}

}  // namespace dae::cuda
