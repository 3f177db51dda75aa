#include "cuda/probe.hpp"

#include <cuda_runtime_api.h>
#include <cudnn_graph.h>
#include <fmt/format.h>

#include <cstdlib>

#include "cuda/cudnn/handle.hpp"
#include "cuda/cudnn/plan.hpp"
#include "cuda/runtime/error.hpp"
#include "cuda/runtime/stream.hpp"
#include "dae/error.hpp"
#include "host/device/cuda_diagnosis.hpp"

namespace dae::cuda {
namespace {

/// The message of a call that failed; empty for one that did not.
std::string failure(const char* call, cudaError_t status) {
  if (status == cudaSuccess) return {};
  ignore(status);
  return fmt::format("{}: {} ({}): {}", call, cudaGetErrorName(status), static_cast<int>(status),
                     cudaGetErrorString(status));
}

/// With a `context` the driver is asked to load a kernel, which takes memory of the GPU and perhaps seconds; without,
/// the GPU's properties have to tell.
CudaProbe::Gpu probe_gpu(int ordinal, bool context) {
  CudaProbe::Gpu gpu;
  cudaDeviceProp properties;
  gpu.error = failure("cudaGetDeviceProperties", cudaGetDeviceProperties(&properties, ordinal));
  if (!gpu.error.empty()) return gpu;
  gpu.name = properties.name;
  gpu.architecture = 10 * properties.major + properties.minor;
  gpu.memory = properties.totalGlobalMem;
  gpu.has_kernels = built_for(gpu.architecture);
  if (!context) return gpu;
  gpu.error = failure("cudaSetDevice", cudaSetDevice(ordinal));
  if (!gpu.error.empty()) return gpu;
  const cudaError_t loaded = load_probe_kernel();
  gpu.has_kernels = loaded != cudaErrorNoKernelImageForDevice;
  const std::string error = failure("cudaFuncGetAttributes", loaded);
  if (gpu.has_kernels) gpu.error = error;
  return gpu;
}

}  // namespace

CudaProbe probe(int ordinal) {
  CudaProbe found;
  found.cudnn = cudnnGetVersion();
  found.runtime = CUDART_VERSION;
  found.error = failure("cudaDriverGetVersion", cudaDriverGetVersion(&found.driver));
  if (found.driver == 0) return found;
  int count = 0;
  found.error = failure("cudaGetDeviceCount", cudaGetDeviceCount(&count));
  if (!found.error.empty()) return found;
  for (int i = 0; i < count; ++i) found.gpus.push_back(probe_gpu(i, i == ordinal));
  return found;
}

void require_usable(int ordinal) {
  CudaFindings findings;
  findings.probe = probe(ordinal);
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
