#pragma once

#include <cuda_runtime_api.h>

#include <vector>

#include "tests/support/catch.hpp"

namespace documented {

/// A stream of its own.
class Stream {
 public:
  Stream() { REQUIRE(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking) == cudaSuccess); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { cudaStreamDestroy(stream_); }
  [[nodiscard]] cudaStream_t get() const { return stream_; }
  void wait() const { REQUIRE(cudaStreamSynchronize(stream_) == cudaSuccess); }

 private:
  cudaStream_t stream_ = nullptr;
};

/// Floats on the device.
class DeviceNumbers {
 public:
  DeviceNumbers(const Stream& stream, const std::vector<float>& numbers) : stream_(stream), count_(numbers.size()) {
    REQUIRE(cudaMalloc(&data_, bytes()) == cudaSuccess);
    REQUIRE(cudaMemcpyAsync(data_, numbers.data(), bytes(), cudaMemcpyHostToDevice, stream_.get()) == cudaSuccess);
    stream_.wait();
  }
  DeviceNumbers(const DeviceNumbers&) = delete;
  DeviceNumbers& operator=(const DeviceNumbers&) = delete;
  ~DeviceNumbers() { cudaFree(data_); }

  [[nodiscard]] void* get() const { return data_; }
  [[nodiscard]] std::vector<float> read() const {
    std::vector<float> numbers(count_);
    REQUIRE(cudaMemcpyAsync(numbers.data(), data_, bytes(), cudaMemcpyDeviceToHost, stream_.get()) == cudaSuccess);
    stream_.wait();
    return numbers;
  }

 private:
  [[nodiscard]] std::size_t bytes() const { return count_ * sizeof(float); }
  const Stream& stream_;
  std::size_t count_;
  void* data_ = nullptr;
};

}  // namespace documented
