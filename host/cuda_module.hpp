#pragma once

#include <memory>
#include <string>

#include "dae/device.hpp"

namespace dae {

/// The CUDA device lives in libdae-cuda.so, the only file that needs cuDNN and cuBLAS. It is opened at run time, so
/// that one program starts on every machine and a missing library is a message instead of a loader error.
class CudaModule {
 public:
  /// What libdae-cuda.so exports: opens a device, or throws DeviceError.
  using Factory = Device* (*)(int ordinal, const DeviceOptions*);
  static constexpr const char* factory_name = "dae_cuda_make_device";

  explicit CudaModule(std::string cause) : cause_(std::move(cause)) {}
  explicit CudaModule(Factory factory) : factory_(factory) {}

  [[nodiscard]] bool usable() const { return factory_ != nullptr; }
  /// Why it is not usable, and the remedy, in one line.
  [[nodiscard]] const std::string& cause() const { return cause_; }
  [[nodiscard]] std::unique_ptr<Device> open(int ordinal, const DeviceOptions& options) const {
    return std::unique_ptr<Device>(factory_(ordinal, &options));
  }

 private:
  std::string cause_;
  Factory factory_ = nullptr;
};

/// Looks for libdae-cuda.so beside the program and in ../lib, and opens it. Never throws for a missing library.
CudaModule load_cuda_module();

}  // namespace dae
