#pragma once

#include <map>
#include <string>

#include "host/checkpoint/checkpoint.hpp"

namespace dae {

/// All of a checkpoint but its weights and moments, as the metadata of a safetensors file.
std::map<std::string, std::string> write_metadata(const Checkpoint& checkpoint);

/// The reverse: a checkpoint without weights and moments. Throws InputError, calling the file `name`, when the metadata
/// is not a checkpoint's, is damaged, or comes from a newer program.
Checkpoint read_metadata(const std::map<std::string, std::string>& metadata, const std::string& name);

}  // namespace dae
