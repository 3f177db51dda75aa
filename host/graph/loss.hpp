#pragma once

#include <span>
#include <string_view>

#include "dae/graph.hpp"
#include "dae/loss.hpp"

namespace dae {

/// "bce", "mse", "l1", "charbonnier", "ssim": what a network can be trained with.
std::span<const std::string_view> loss_names();
/// The loss of that name. Throws UsageError.
Loss loss_named(std::string_view name);
std::string_view loss_name(const Loss&);

/// Bce for a graph that ends in a Sigmoid, else Mse.
Loss usual_loss(const Graph&);

}  // namespace dae
