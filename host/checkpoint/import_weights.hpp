#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dae/graph.hpp"
#include "host/checkpoint/safetensors.hpp"

/// \file
/// Weights that another framework trained, as the arena of a graph of ours.
namespace dae {

/// How a framework stores a layer's weights. pytorch: convolutions (filters, channels, kernel, kernel), Dense (units,
/// channels), as we do. keras: (kernel, kernel, channels, filters) and (channels, units); and its Flatten and Reshape
/// take rows, columns, channels where ours take channels, rows, columns.
enum class WeightLayout { pytorch, keras };

/// "pytorch", "keras", or nothing for any other name.
std::optional<WeightLayout> weight_layout(std::string_view name);

struct ImportOptions {
  std::map<std::string, std::string> names;  ///< Our name -> the file's; what is not in it keeps our name.
  std::optional<WeightLayout> layout;        ///< Nothing: keras when a tensor's name ends in "kernel", else pytorch.
};

/// The graph's weights from a file of another framework; `file_name` is what messages call it.
///
/// Tensors are found by the names given, else by our names when the file has them all, else by order: the file's
/// layers, sorted by name with numbers as numbers ("net.2" before "net.10"), are the graph's convolutions and Dense
/// layers in turn. Throws InputError naming the tensor that is missing, left over, of another shape or not finite, and
/// UsageError for a name in `names` that the graph does not have.
std::vector<float> import_weights(const TensorFile& file, const std::string& file_name, const Graph& graph,
                                  const Shape& sample, const ImportOptions& options = {});

/// Which tensor of a file is which of a graph's parameters: one entry a parameter, in their order. They are found as by
/// import_weights. Throws InputError naming the tensor that is missing or left over, and UsageError for a name in
/// `names` that is none of the parameters.
std::vector<const TensorFile::Entry*> match_tensors(const TensorFile& file, const std::string& file_name,
                                                    std::span<const Parameter> parameters,
                                                    const std::map<std::string, std::string>& names);

/// Whether `a` comes before `b` when digits are read as numbers: "net.2" before "net.10".
bool natural_less(std::string_view a, std::string_view b);

}  // namespace dae
