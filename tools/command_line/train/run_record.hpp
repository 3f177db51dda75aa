#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "dae/graph.hpp"
#include "dae/shape.hpp"
#include "host/checkpoint/checkpoint.hpp"

namespace dae {

inline const char* const run_file = "run.json";

/// What is known of a data file: path, size, SHA-256, images read from it.
nlohmann::ordered_json describe_file(const std::filesystem::path& file, const Shape& images);

/// Program, version, compiler, time: the part of run.json that does not depend on the command.
nlohmann::ordered_json describe_program();

/// Network and number of weights.
nlohmann::ordered_json describe_model(const Graph&, const Shape& sample);

/// What the device chose, as JSON where it is JSON.
nlohmann::ordered_json describe_plans(const ChosenPlans&);

/// Writes a run's record. Throws OutputError.
void write_record(const std::filesystem::path& folder, const nlohmann::ordered_json& record);

/// The record of a run, or null where there is none. Throws InputError when it is not JSON.
nlohmann::ordered_json read_record(const std::filesystem::path& folder);

}  // namespace dae
