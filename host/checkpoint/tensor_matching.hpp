#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "dae/graph.hpp"
#include "host/checkpoint/safetensors.hpp"

namespace dae {

/// Which tensor of a file is which of a graph's parameters: one entry a parameter, in their order. import_weights.hpp
/// says how they are found. Throws InputError naming the tensor that is missing or left over, and UsageError for a name
/// in `names` that is none of the parameters.
std::vector<const TensorFile::Entry*> match_tensors(const TensorFile& file, const std::string& file_name,
                                                    std::span<const Parameter> parameters,
                                                    const std::map<std::string, std::string>& names);

/// Whether `a` comes before `b` when digits are read as numbers: "net.2" before "net.10".
bool natural_less(std::string_view a, std::string_view b);

}  // namespace dae
