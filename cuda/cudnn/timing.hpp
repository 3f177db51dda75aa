#pragma once

#include "cuda/cudnn/operations.hpp"
#include "cuda/cudnn/plan.hpp"
#include "cuda/runtime/stream.hpp"

namespace dae::cuda::cudnn {

/// Milliseconds that one execution takes, warm: the least of several runs on zeroed scratch memory, so that no tensor
/// of a program is touched. Throws MemoryError when there is no room for the scratch memory.
float measure(const OperationGraph& graph, const Plan& plan, cudnnHandle_t handle, const Stream& stream);

}  // namespace dae::cuda::cudnn
