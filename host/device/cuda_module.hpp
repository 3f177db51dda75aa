#pragma once

#include <memory>
#include <string>

#include "dae/device.hpp"
#include "host/device/cuda_probe.hpp"

namespace dae {

/// The functions that libdae-cuda.so exports, through one function of this name that returns a pointer to it.
struct CudaModuleTable {
  const char* build;                ///< build_tag() of the library; the rest is used only when it equals the program's.
  CudaProbe (*probe)(int ordinal);  ///< Makes a context on that device alone.
  Device* (*open)(int ordinal, const DeviceOptions&);  ///< Throws DeviceError with cause and remedy.
  std::string (*properties)(int ordinal);              ///< A device as cuDNN knows it, as JSON; throws as open does.
};
inline constexpr const char* kCudaModuleFunction = "dae_cuda_module";
using CudaModuleFunction = const CudaModuleTable* (*)();

/// Version, compiler, a hash of the contract's headers and the size of what crosses the border: program and library are
/// used together only when all agree.
std::string build_tag();

/// The CUDA device lives in libdae-cuda.so, the only file that needs cuDNN and cuBLAS. It is opened at run time, so
/// that one program starts on every machine and a missing library is a message instead of a loader error.
class CudaModule {
 public:
  CudaModule(bool built, std::string error) : built_(built), error_(std::move(error)) {}
  explicit CudaModule(const CudaModuleTable& table) : table_(&table) {}

  [[nodiscard]] bool usable() const { return table_ != nullptr; }
  /// False when there is no file libdae-cuda.so.
  [[nodiscard]] bool built() const { return built_; }
  /// Why it is not usable, as the loader says it.
  [[nodiscard]] const std::string& error() const { return error_; }

  /// Why CUDA device 0 cannot be used on this machine, with the remedy; see host/device/cuda_diagnosis.hpp.
  [[nodiscard]] std::string cause() const;

  /// Only of a usable module.
  [[nodiscard]] CudaProbe probe(int ordinal) const { return table_->probe(ordinal); }
  [[nodiscard]] std::unique_ptr<Device> open(int ordinal, const DeviceOptions& options) const {
    return std::unique_ptr<Device>(table_->open(ordinal, options));
  }
  [[nodiscard]] std::string properties(int ordinal) const { return table_->properties(ordinal); }

 private:
  bool built_ = true;
  std::string error_;
  const CudaModuleTable* table_ = nullptr;
};

/// Looks for libdae-cuda.so beside the program and in ../lib, and opens it. Never throws for a missing library.
CudaModule load_cuda_module();

}  // namespace dae
