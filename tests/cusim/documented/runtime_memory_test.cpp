#include <cuda_profiler_api.h>
#include <cuda_runtime_api.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "tests/cusim/documented/runtime_handles.hpp"

/// \file
/// The CUDA runtime's documentation of memory and devices that the engine makes use of. The source is the comment
/// above each function's declaration in cuda_runtime_api.h of CUDA 13.0, unless another is given. Nothing here knows of
/// the simulator: the same file holds for a GPU.
using namespace cudart;

TEST_CASE("memory: alignment, nothing for nothing, errors for strange pointers", "[cudart][gpu]") {
  void* data = nullptr;
  REQUIRE(cudaMalloc(&data, 5) == cudaSuccess);
  CHECK(reinterpret_cast<std::uintptr_t>(data) % 256 == 0);  // CUDA C++ Programming Guide, "Size and Alignment"
  CHECK(cudaFree(data) == cudaSuccess);
  CHECK(cudaFree(nullptr) == cudaSuccess);  // "If devPtr is 0, no operation is performed."
  CHECK(cudaFreeHost(nullptr) == cudaSuccess);
  int local = 0;
  CHECK(cudaFree(&local) == cudaErrorInvalidValue);
  // "cudaGetLastError: Returns the last error [...] and resets it to cudaSuccess."
  CHECK(cudaGetLastError() == cudaErrorInvalidValue);
  CHECK(cudaGetLastError() == cudaSuccess);
  CHECK(cudaMalloc(&data, std::size_t{1} << 62) == cudaErrorMemoryAllocation);
  CHECK(cudaGetLastError() == cudaErrorMemoryAllocation);
  CHECK(std::strcmp(cudaGetErrorName(cudaErrorMemoryAllocation), "cudaErrorMemoryAllocation") == 0);
  CHECK(std::strlen(cudaGetErrorString(cudaErrorMemoryAllocation)) > 0);
}

TEST_CASE("cudaMemGetInfo: free memory is part of all, and an allocation takes of it", "[cudart][gpu]") {
  std::size_t before = 0, after = 0, total = 0;
  REQUIRE(cudaMemGetInfo(&before, &total) == cudaSuccess);
  CHECK(before <= total);
  void* data = nullptr;
  REQUIRE(cudaMalloc(&data, std::size_t{64} << 20) == cudaSuccess);
  REQUIRE(cudaMemGetInfo(&after, &total) == cudaSuccess);
  CHECK(after < before);
  CHECK(cudaFree(data) == cudaSuccess);
}

TEST_CASE("mapped memory has a device pointer", "[cudart][gpu]") {
  void *host = nullptr, *device = nullptr;
  REQUIRE(cudaHostAlloc(&host, kBytes, cudaHostAllocMapped) == cudaSuccess);
  CHECK(cudaHostGetDevicePointer(&device, host, 0) == cudaSuccess);
  CHECK(device != nullptr);
  CHECK(cudaFreeHost(host) == cudaSuccess);
}

TEST_CASE("copies and fills are done in the order of their stream", "[cudart][gpu]") {
  const Stream stream;
  const Bytes bytes;
  REQUIRE(cudaMemsetAsync(bytes.device, 1, kBytes, stream.raw) == cudaSuccess);
  REQUIRE(cudaMemsetAsync(bytes.device, 2, kBytes / 2, stream.raw) == cudaSuccess);
  bytes.fetch(stream);
  stream.wait();
  CHECK(static_cast<int>(bytes.pinned[0]) == 2);
  CHECK(static_cast<int>(bytes.pinned[kBytes - 1]) == 1);
  bytes.pinned[0] = 7;
  REQUIRE(cudaMemcpyAsync(bytes.device, bytes.pinned, 1, cudaMemcpyHostToDevice, stream.raw) == cudaSuccess);
  REQUIRE(cudaMemcpyAsync(bytes.device + 1, bytes.device, 1, cudaMemcpyDeviceToDevice, stream.raw) == cudaSuccess);
  // Pageable memory too, once the stream has been waited for.
  std::vector<unsigned char> pageable(2);
  REQUIRE(cudaMemcpyAsync(pageable.data(), bytes.device, 2, cudaMemcpyDeviceToHost, stream.raw) == cudaSuccess);
  stream.wait();
  CHECK(pageable == std::vector<unsigned char>{7, 7});
}

TEST_CASE("devices are numbered from 0, and the current one has properties", "[cudart][gpu]") {
  int count = 0, driver = 0;
  REQUIRE(cudaGetDeviceCount(&count) == cudaSuccess);
  REQUIRE(count >= 1);
  CHECK(cudaSetDevice(count) == cudaErrorInvalidDevice);
  cudaGetLastError();
  CHECK(cudaSetDevice(0) == cudaSuccess);
  cudaDeviceProp properties;
  CHECK(cudaGetDeviceProperties(&properties, count) == cudaErrorInvalidDevice);
  cudaGetLastError();
  REQUIRE(cudaGetDeviceProperties(&properties, 0) == cudaSuccess);
  CHECK(properties.major >= 7);
  CHECK(properties.totalGlobalMem > 0);
  CHECK(std::strlen(properties.name) > 0);
  // "The version is returned as (1000 * major + 10 * minor)."
  CHECK(cudaDriverGetVersion(&driver) == cudaSuccess);
  CHECK(driver / 1000 >= CUDART_VERSION / 1000);
  CHECK(cudaProfilerStart() == cudaSuccess);
  CHECK(cudaProfilerStop() == cudaSuccess);
}
