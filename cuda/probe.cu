#include "cuda/kernels/launch.cuh"

#include <algorithm>

#include "cuda/probe.hpp"

namespace dae::cuda {
namespace {

__global__ void probe_kernel() {}

}  // namespace

cudaError_t load_probe_kernel() {
  cudaFuncAttributes attributes;
  return cudaFuncGetAttributes(&attributes, reinterpret_cast<const void*>(probe_kernel));
}

bool built_for(int architecture) {
  for (const int built : {__CUDA_ARCH_LIST__})
    if (architecture >= built / 10 && architecture / 10 == built / 100) return true;
  return architecture > std::max({__CUDA_ARCH_LIST__}) / 10;
}

}  // namespace dae::cuda
