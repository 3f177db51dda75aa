#pragma once

#include "cuda/context.hpp"
#include "dae/device.hpp"

namespace dae::cuda {

/// Whether candidates for a plan may be run to find the fastest. Without, cuDNN's favourite stands for it: good enough
/// where many sizes are tried before one is taken.
enum class Timing { no, yes };

/// The memory that a program at this Spec and its State take, and that there is. Plans every cuDNN graph on the way.
MemoryPlan plan_memory(Context& context, const Graph& graph, const Spec& spec, Timing timing);

/// Throws MemoryError, which names the largest batch that fits, when the plan does not.
void require_fit(Context& context, const Graph& graph, const Spec& spec);

}  // namespace dae::cuda
