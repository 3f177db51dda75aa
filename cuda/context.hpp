#pragma once

#include <cstddef>
#include <string>

#include "cuda/cudnn/handle.hpp"
#include "cuda/cudnn/planner.hpp"
#include "cuda/layers/lowering.hpp"
#include "cuda/runtime/blas.hpp"
#include "cuda/runtime/stream.hpp"
#include "cuda/runtime/throttle.hpp"
#include "dae/device.hpp"

namespace dae::cuda {

/// Everything that programs, states and image stores of one device share; it lives as long as the last of them.
class Context {
 public:
  /// Opens a device that probe.hpp found usable.
  Context(int ordinal, const DeviceOptions& options);
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  /// Makes the device current for the calling thread.
  void use() const;
  [[nodiscard]] const Stream& stream() const { return stream_; }
  /// Waits for all work before memory that it uses is given back; for destructors, so that it drops errors.
  void drain() const noexcept;
  /// To be told after each launch of a graph.
  [[nodiscard]] Throttle& throttle() { return throttle_; }
  [[nodiscard]] Libraries libraries() { return {.planner = &planner_, .cudnn = &cudnn_, .blas = &blas_}; }

  /// "NVIDIA H100 PCIe".
  [[nodiscard]] const std::string& name() const { return opened_.name; }
  /// 90 for compute capability 9.0.
  [[nodiscard]] int architecture() const { return opened_.architecture; }
  [[nodiscard]] int multiprocessors() const { return opened_.multiprocessors; }
  /// Bytes of the device: what can be allocated now, and all.
  struct DeviceMemory {
    std::size_t free = 0, total = 0;
  };
  [[nodiscard]] DeviceMemory memory() const;
  /// Bytes of it that image stores hold; they tell of themselves.
  [[nodiscard]] std::size_t store_bytes() const { return store_bytes_; }
  void add_store_bytes(std::size_t bytes) { store_bytes_ += bytes; }
  void remove_store_bytes(std::size_t bytes) { store_bytes_ -= bytes; }

 private:
  struct Opened {
    std::string name;
    int architecture = 0, multiprocessors = 0;
  };
  static Opened open(int ordinal);

  int ordinal_;
  Opened opened_;
  Stream stream_;
  Throttle throttle_;
  cudnn::Handle cudnn_;
  Blas blas_;
  cudnn::Planner planner_;
  std::size_t store_bytes_ = 0;
};

}  // namespace dae::cuda
