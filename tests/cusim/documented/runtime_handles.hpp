#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

#include "tests/support/catch.hpp"

/// \file
/// Handles that the tests of the CUDA runtime's documentation hold on to.
namespace cudart {

struct Stream {
  cudaStream_t raw = nullptr;
  Stream() { REQUIRE(cudaStreamCreateWithFlags(&raw, cudaStreamNonBlocking) == cudaSuccess); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { cudaStreamDestroy(raw); }
  void wait() const { REQUIRE(cudaStreamSynchronize(raw) == cudaSuccess); }
};

struct Event {
  cudaEvent_t raw = nullptr;
  explicit Event(unsigned flags = cudaEventDisableTiming) {
    REQUIRE(cudaEventCreateWithFlags(&raw, flags) == cudaSuccess);
  }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { cudaEventDestroy(raw); }
};

constexpr std::size_t kBytes = 1024;

struct Bytes {
  unsigned char *device = nullptr, *pinned = nullptr;
  Bytes() {
    REQUIRE(cudaMalloc(reinterpret_cast<void**>(&device), kBytes) == cudaSuccess);
    REQUIRE(cudaHostAlloc(reinterpret_cast<void**>(&pinned), kBytes, cudaHostAllocDefault) == cudaSuccess);
  }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;
  ~Bytes() {
    cudaFree(device);
    cudaFreeHost(pinned);
  }
  void fetch(const Stream& stream) const {
    REQUIRE(cudaMemcpyAsync(pinned, device, kBytes, cudaMemcpyDeviceToHost, stream.raw) == cudaSuccess);
  }
};

}  // namespace cudart
