#include "cuda/context.hpp"

#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include "cuda/cudnn/timing.hpp"
#include "cuda/runtime/error.hpp"

namespace dae::cuda {

namespace {

int driver_version() {
  int version = 0;
  check("cudaDriverGetVersion", cudaDriverGetVersion(&version));
  return version;
}

}  // namespace

Context::Opened Context::open(int ordinal) {
  check("cudaSetDevice", cudaSetDevice(ordinal));
  cudaDeviceProp properties;
  check("cudaGetDeviceProperties", cudaGetDeviceProperties(&properties, ordinal));
  return {properties.name, 10 * properties.major + properties.minor, properties.multiProcessorCount};
}

Context::Context(int ordinal, const DeviceOptions& options)
    : ordinal_(ordinal),
      opened_(open(ordinal)),
      cudnn_(stream_),
      blas_(stream_),
      planner_(
          cudnn::DeviceProperties::of(cudnn_.get()), fmt::format("cuDNN {}, {}", cudnnGetVersion(), opened_.name),
          cudnn::PlanCache(options.plan_cache),
          [this](const cudnn::OperationGraph& graph, std::span<const cudnn::Plan> plans) {
            return cudnn::measure(graph, plans, cudnn_.get(), stream_);
          },
          fmt::format("driver {}", driver_version())) {}

void Context::use() const { check("cudaSetDevice", cudaSetDevice(ordinal_)); }

void Context::drain() const noexcept {
  ignore(cudaSetDevice(ordinal_));
  stream_.drain();
}

Context::DeviceMemory Context::memory() const {
  DeviceMemory memory;
  check("cudaMemGetInfo", cudaMemGetInfo(&memory.free, &memory.total));
  return memory;
}

}  // namespace dae::cuda
