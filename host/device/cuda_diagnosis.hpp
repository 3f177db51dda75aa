#pragma once

#include <optional>
#include <string>

#include "host/device/cuda_module.hpp"
#include "host/device/cuda_probe.hpp"

namespace dae {

/// Everything that decides whether the CUDA device can be used on this machine.
struct CudaFindings {
  std::string module_error;        ///< Why libdae-cuda.so could not be opened; empty when it could.
  bool module_built = true;        ///< There is a file libdae-cuda.so.
  std::optional<CudaProbe> probe;  ///< Its findings; only when it could be opened.
  int gpus_in_machine = 0;         ///< That the driver's kernel module lists, visible to this process or not.
  std::optional<std::string> visible_devices;  ///< CUDA_VISIBLE_DEVICES, if set.
  std::optional<std::string> tf32_override;    ///< NVIDIA_TF32_OVERRIDE, if set.
};

enum class CudaCause {
  none,  ///< The device can be used.
  not_built,
  library_missing,
  other_build,
  no_driver,
  driver_too_old,
  no_gpu,
  hidden,
  no_such_device,
  other_architecture,
  cudnn_too_old,
  driver_failure
};

/// Why a CUDA device cannot be used, and what to do: each a clause without a full stop.
struct CudaDiagnosis {
  CudaCause cause = CudaCause::none;
  std::string what, remedy;

  [[nodiscard]] bool usable() const { return cause == CudaCause::none; }
  [[nodiscard]] std::string text() const { return what + "; " + remedy; }
};

/// The oldest cuDNN that executes plans which were made from device properties.
inline constexpr std::size_t kOldestCudnn = 90800;

/// The first cause, in the order in which things have to work, that keeps device `ordinal` from being used.
CudaDiagnosis diagnose(const CudaFindings& findings, int ordinal);

/// Looks at this machine: the module, the driver's list of GPUs, the environment. Only device `ordinal` is asked to do
/// anything.
CudaFindings find_cuda(const CudaModule& module, int ordinal);

/// GPUs that the driver's kernel module lists, whatever this process may see of them.
int gpus_in_machine();

/// "13.0" for 13000.
std::string cuda_version_text(int version);
/// "9.19.0" for 91900.
std::string cudnn_version_text(std::size_t version);

/// The screen that `doctor` prints: findings line by line, then whether training would run on device `ordinal`, or
/// cause and remedy.
std::string doctor_text(const CudaFindings& findings, int ordinal);

}  // namespace dae
