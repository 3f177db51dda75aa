#pragma once

#include <span>
#include <vector>

#include "cuda/cudnn/operations.hpp"
#include "cuda/cudnn/plan.hpp"
#include "cuda/runtime/stream.hpp"

namespace dae::cuda::cudnn {

/// Milliseconds that one execution of each plan takes, warm, on zeroed scratch memory, so that no tensor of a program
/// is touched; infinity for a plan that finds no room for its workspace. Throws MemoryError when there is no room for
/// the graph's tensors.
std::vector<float> measure(const OperationGraph& graph, std::span<const Plan> plans, cudnnHandle_t handle,
                           const Stream& stream);

}  // namespace dae::cuda::cudnn
