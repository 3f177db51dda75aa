#include "cuda/probe.hpp"

#include <cuda_runtime_api.h>
#include <cudnn_graph.h>
#include <fmt/format.h>

#include <cstdlib>

#include "cuda/cudnn/handle.hpp"
#include "cuda/cudnn/plan.hpp"
#include "cuda/error.hpp"
#include "cuda/stream.hpp"
#include "dae/error.hpp"
#include "host/cuda_diagnosis.hpp"

namespace dae::cuda {
namespace {

CudaProbe::Gpu probe_gpu(int ordinal) {
  CudaProbe::Gpu gpu;
  cudaDeviceProp properties;
  if (const cudaError_t status = cudaGetDeviceProperties(&properties, ordinal); status != cudaSuccess) {
    ignore(status);
    gpu.name = cudaGetErrorString(status);
    gpu.has_kernels = false;
    return gpu;
  }
  gpu.name = properties.name;
  gpu.architecture = 10 * properties.major + properties.minor;
  gpu.memory = properties.totalGlobalMem;
  cudaError_t status = cudaSetDevice(ordinal);
  if (status == cudaSuccess) status = load_probe_kernel();
  // Other failures (a GPU in exclusive use, out of memory) speak for themselves when the device is opened.
  gpu.has_kernels = status != cudaErrorNoKernelImageForDevice;
  ignore(status);
  return gpu;
}

}  // namespace

CudaProbe probe() {
  CudaProbe found;
  found.cudnn = cudnnGetVersion();
  ignore(cudaRuntimeGetVersion(&found.runtime));
  ignore(cudaDriverGetVersion(&found.driver));
  if (found.driver == 0) return found;
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status != cudaSuccess) {
    ignore(status);
    found.error = fmt::format("cudaGetDeviceCount: {} ({}): {}", cudaGetErrorName(status), static_cast<int>(status),
                              cudaGetErrorString(status));
    return found;
  }
  for (int i = 0; i < count; ++i) found.gpus.push_back(probe_gpu(i));
  return found;
}

void require_usable(int ordinal) {
  CudaFindings findings;
  findings.probe = probe();
  findings.gpus_in_machine = gpus_in_machine();
  if (const char* visible = std::getenv("CUDA_VISIBLE_DEVICES")) findings.visible_devices = visible;
  const CudaDiagnosis diagnosis = diagnose(findings, ordinal);
  if (!diagnosis.usable()) throw DeviceError(diagnosis.text());
}

std::string properties(int ordinal) {
  require_usable(ordinal);
  check("cudaSetDevice", cudaSetDevice(ordinal));
  const Stream stream;
  const cudnn::Handle handle(stream);
  return cudnn::DeviceProperties::of(handle.get()).json();
}

void report_overrides(const DeviceOptions& options) {
  const char* tf32 = std::getenv("NVIDIA_TF32_OVERRIDE");
  if (tf32 != nullptr && options.say)
    options.say(
        fmt::format("NVIDIA_TF32_OVERRIDE={} is set: the libraries follow it, whatever --precision says", tf32));
}

}  // namespace dae::cuda
