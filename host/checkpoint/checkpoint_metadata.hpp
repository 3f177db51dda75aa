#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "dae/noise.hpp"
#include "dae/optimizer.hpp"
#include "host/checkpoint/checkpoint.hpp"

namespace dae {

/// All of a checkpoint but its weights and moments, as the metadata of a safetensors file.
std::map<std::string, std::string> write_metadata(const Checkpoint& checkpoint);

/// The reverse: a checkpoint without weights and moments. Throws InputError, calling the file `name`, when the metadata
/// is not a checkpoint's, is damaged, or comes from a newer program.
Checkpoint read_metadata(const std::map<std::string, std::string>& metadata, const std::string& name);

// Noise recipes and optimizer settings as JSON, for checkpoints and run.json; docs/formats.md describes the keys.
// Reading throws InputError naming the key; absent keys have the defaults of dae/noise.hpp and dae/optimizer.hpp.

nlohmann::ordered_json noise_to_json(const NoiseRecipe& recipe);
NoiseRecipe noise_from_json(const nlohmann::json& value);

nlohmann::ordered_json optimizer_to_json(const Optimizer& optimizer);
Optimizer optimizer_from_json(const nlohmann::json& value);

}  // namespace dae
