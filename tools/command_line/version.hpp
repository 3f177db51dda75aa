#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

/// \file
/// The sources that this program was built from, and how it was built.
namespace dae {

std::string program_version();  ///< "0.1.0".
std::string git_commit();       ///< Short hash, or "unknown" outside a git checkout.
std::string compiler();         ///< "g++ 12.2.0".
std::string build_type();       ///< "Release".
std::string version_line();     ///< All of it.

/// All of it and the time, as run.json has it.
nlohmann::ordered_json describe_program();

}  // namespace dae
