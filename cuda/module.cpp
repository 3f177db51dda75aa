#include "host/device/cuda_module.hpp"

#include "cuda/device.hpp"
#include "cuda/probe.hpp"

namespace {

dae::Device* open_device(int ordinal, const dae::DeviceOptions& options) {
  return dae::cuda::open(ordinal, options).release();
}

}  // namespace

/// The one symbol that libdae-cuda.so exports.
extern "C" __attribute__((visibility("default"))) const dae::CudaModuleTable* dae_cuda_module() {
  static const std::string build = dae::build_tag();
  static const dae::CudaModuleTable table = {build.c_str(), &dae::cuda::probe, &open_device, &dae::cuda::properties};
  return &table;
}
