#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "dae/graph.hpp"
#include "dae/shape.hpp"
#include "host/checkpoint/checkpoint.hpp"

namespace dae {

inline const char* const run_file = "run.json";

/// A data file's path, size and SHA-256, and the images that were read from it.
nlohmann::ordered_json describe_file(const std::filesystem::path& file, const Shape& images);

/// Network and number of weights.
nlohmann::ordered_json describe_model(const Graph&, const Shape& sample);

/// The device's choices, as JSON where they are JSON.
nlohmann::ordered_json describe_plans(const ChosenPlans&);

/// Writes a run's record. Throws OutputError.
void write_record(const std::filesystem::path& folder, const nlohmann::ordered_json& record);

/// The record of a run, or null where there is none. Throws InputError when it is not JSON.
nlohmann::ordered_json read_record(const std::filesystem::path& folder);

}  // namespace dae
