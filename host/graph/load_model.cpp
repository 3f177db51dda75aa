#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>

#include "dae/error.hpp"
#include "dae/graph.hpp"
#include "host/files/input_file.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

// A model of the most layers allowed takes far less.
constexpr std::size_t largest_file = std::size_t{1} << 22;

/// Whether a text that is no preset's name can only have been meant as a path.
bool is_path(const std::string& text) {
  std::error_code ignored;
  return text.find('/') != std::string::npos || text.ends_with(".json") || std::filesystem::exists(text, ignored);
}

}  // namespace

Graph load_model(const std::string& preset_or_path) {
  const auto names = preset_names();
  const bool known = std::find(names.begin(), names.end(), preset_or_path) != names.end();
  if (known || !is_path(preset_or_path)) return preset(preset_or_path);
  const std::string text = read_file(preset_or_path, largest_file);
  try {
    Graph graph = graph_from_json(text);
    if (graph.name.empty()) graph.name = std::filesystem::path(preset_or_path).stem();
    return graph;
  } catch (const GraphError& error) {
    throw GraphError(fmt::format("{}: {}", quote_path(preset_or_path), error.what()));
  }
}

}  // namespace dae
