#include <cuda_profiler_api.h>
#include <cuda_runtime_api.h>

#include <cstring>

#include "tests/cusim/runtime.hpp"
#include "tests/cusim/stream.hpp"

namespace cusim {

Gpu& gpu() {
  static Gpu pretended;
  return pretended;
}

}  // namespace cusim

extern "C" {

cudaError_t cudaDriverGetVersion(int* version) {
  CUSIM_CALL("cudaDriverGetVersion");
  *version = cusim::gpu().driver;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
  CUSIM_CALL("cudaGetDeviceCount");
  *count = cusim::gpu().count;
  return cudaSuccess;
}

cudaError_t cudaSetDevice(int device) {
  CUSIM_CALL("cudaSetDevice");
  if (device < 0 || device >= cusim::gpu().count) return cusim::failed(cudaErrorInvalidDevice);
  cusim::count_context(device);
  return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  CUSIM_CALL("cudaGetDeviceProperties");
  if (device < 0 || device >= cusim::gpu().count) return cusim::failed(cudaErrorInvalidDevice);
  const cusim::Gpu& gpu = cusim::gpu();
  *properties = {};
  std::strncpy(properties->name, gpu.name.c_str(), sizeof properties->name - 1);
  properties->major = gpu.architecture / 10;
  properties->minor = gpu.architecture % 10;
  properties->multiProcessorCount = gpu.multiprocessors;
  properties->totalGlobalMem = gpu.memory;
  return cudaSuccess;
}

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, const void*) {
  CUSIM_CALL("cudaFuncGetAttributes");
  *attributes = {};
  return cudaSuccess;
}

cudaError_t cudaProfilerStart() {
  CUSIM_CALL("cudaProfilerStart");
  return cudaSuccess;
}

cudaError_t cudaProfilerStop() {
  CUSIM_CALL("cudaProfilerStop");
  return cudaSuccess;
}

}  // extern "C"
