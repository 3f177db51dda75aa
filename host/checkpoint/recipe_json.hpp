#pragma once

#include <nlohmann/json_fwd.hpp>

#include "dae/noise.hpp"
#include "dae/optimizer.hpp"

/// \file
/// Noise recipes and optimizer settings as JSON, for checkpoints and run.json; docs/formats.md describes the keys.
/// Reading throws InputError naming the key; absent keys have the defaults of dae/noise.hpp and dae/optimizer.hpp.
namespace dae {

nlohmann::ordered_json noise_to_json(const NoiseRecipe& recipe);
NoiseRecipe noise_from_json(const nlohmann::json& value);

nlohmann::ordered_json optimizer_to_json(const Optimizer& optimizer);
Optimizer optimizer_from_json(const nlohmann::json& value);

}  // namespace dae
