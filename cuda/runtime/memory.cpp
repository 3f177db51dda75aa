#include "cuda/runtime/memory.hpp"

#include <cuda_runtime_api.h>

#include "cuda/runtime/error.hpp"

namespace dae::cuda {

RawMemory::RawMemory(MemoryKind place, std::size_t bytes) : place_(place), bytes_(bytes) {
  if (bytes == 0) return;
  if (place == MemoryKind::device) {
    check("cudaMalloc", cudaMalloc(&data_, bytes));
    device_ = data_;
    return;
  }
  check("cudaHostAlloc",
        cudaHostAlloc(&data_, bytes, place == MemoryKind::mapped ? cudaHostAllocMapped : cudaHostAllocDefault));
  if (place == MemoryKind::pinned) return;
  const cudaError_t mapped = cudaHostGetDevicePointer(&device_, data_, 0);
  if (mapped != cudaSuccess) ignore(cudaFreeHost(data_));  // the destructor does not run for an unfinished object
  check("cudaHostGetDevicePointer", mapped);
}

RawMemory::RawMemory(RawMemory&& other) noexcept
    : place_(other.place_),
      bytes_(std::exchange(other.bytes_, 0)),
      data_(std::exchange(other.data_, nullptr)),
      device_(std::exchange(other.device_, nullptr)) {}

RawMemory& RawMemory::operator=(RawMemory&& other) noexcept {
  std::swap(place_, other.place_);
  std::swap(bytes_, other.bytes_);
  std::swap(data_, other.data_);
  std::swap(device_, other.device_);
  return *this;
}

RawMemory::~RawMemory() {
  if (data_ == nullptr) return;
  // Enqueued work may still use it, after an exception too; cudaFree "may perform implicit synchronization", no
  // more.
  ignore(cudaDeviceSynchronize());
  ignore(place_ == MemoryKind::device ? cudaFree(data_) : cudaFreeHost(data_));
}

namespace {

void copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  if (bytes != 0) check("cudaMemcpyAsync", cudaMemcpyAsync(to, from, bytes, kind, stream));
}

}  // namespace

void copy_to_device(void* to, const void* from, std::size_t bytes, cudaStream_t stream) {
  copy(to, from, bytes, cudaMemcpyHostToDevice, stream);
}

void copy_to_host(void* to, const void* from, std::size_t bytes, cudaStream_t stream) {
  copy(to, from, bytes, cudaMemcpyDeviceToHost, stream);
}

void copy_on_device(void* to, const void* from, std::size_t bytes, cudaStream_t stream) {
  copy(to, from, bytes, cudaMemcpyDeviceToDevice, stream);
}

void clear(void* to, std::size_t bytes, cudaStream_t stream) {
  if (bytes != 0) check("cudaMemsetAsync", cudaMemsetAsync(to, 0, bytes, stream));
}

}  // namespace dae::cuda
