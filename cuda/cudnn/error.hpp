#pragma once

#include <cudnn_graph.h>

#include "dae/error.hpp"

namespace dae::cuda::cudnn {

/// A cuDNN call that failed; `status` tells "this engine cannot do it" from a broken device.
struct CudnnError : DeviceError {
  CudnnError(cudnnStatus_t status_, const std::string& text) : DeviceError(text), status(status_) {}
  cudnnStatus_t status;
};

/// Throws CudnnError, or MemoryError where memory ran out. Names the call, `subject` (the descriptor), the status and
/// cuDNN's own last message, all in one line.
void check(const char* call, const char* subject, cudnnStatus_t status);

}  // namespace dae::cuda::cudnn
