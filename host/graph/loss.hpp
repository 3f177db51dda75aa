#pragma once

#include <span>
#include <string_view>

#include "dae/graph.hpp"
#include "dae/loss.hpp"

namespace dae {

/// The names of the losses that a network can be trained with: "bce", "mse" ...
std::span<const std::string_view> loss_names();
/// The loss of that name. Throws UsageError.
Loss loss_named(std::string_view name);
std::string_view loss_name(const Loss&);

/// Bce for a graph that ends in a Sigmoid, else Mse.
Loss usual_loss(const Graph&);

}  // namespace dae
