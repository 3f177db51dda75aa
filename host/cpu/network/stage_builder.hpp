#pragma once

#include <span>

#include "host/cpu/network/fusion_plan.hpp"
#include "host/cpu/network/network.hpp"
#include "host/cpu/network/tiling_plan.hpp"

namespace dae::cpu {

/// When tensors are alive: input, forward passes, loss, backward passes, the gradient of the input. Times only have to
/// be in order.
inline constexpr int input_time = -1, loss_time = 1 << 20, last_time = 2 * loss_time;

/// Gives the network its values and stages, its input and its output. `plan` is null where lanes are images.
void build_stages(Network& network, const Graph& graph, std::span<const Shape> shapes, const Spec& spec,
                  const FusionPlan& fusions, const TilingPlan* plan);

}  // namespace dae::cpu
