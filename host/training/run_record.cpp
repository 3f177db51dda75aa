#include "host/training/run_record.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "dae/error.hpp"
#include "host/files/atomic_file.hpp"
#include "host/files/input_file.hpp"
#include "host/files/sha256.hpp"
#include "host/text/quote.hpp"

namespace dae {

using json = nlohmann::ordered_json;

json describe_file(const std::filesystem::path& file, const Shape& images) {
  return {{"path", std::filesystem::absolute(file).lexically_normal().string()},
          {"bytes", std::filesystem::file_size(file)},
          {"sha256", sha256_of_file(file)},
          {"images", images.n},
          {"shape", to_string(images)}};
}

json describe_model(const Graph& graph, const Shape& sample) {
  return {{"graph", json::parse(to_json(graph))}, {"parameters", parameter_count(parameters(graph, sample))}};
}

json describe_plans(const ChosenPlans& plans) {
  const auto parsed = [](const std::string& text) {
    const json value = json::parse(text, nullptr, false);
    return value.is_discarded() ? json(text) : value;
  };
  return {{"training", parsed(plans.training)}, {"validation", parsed(plans.validation)}};
}

void write_record(const std::filesystem::path& folder, const json& record) {
  // A path may hold bytes that are no text; they must not keep the run from being recorded.
  write_file(folder / run_file, record.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

json read_record(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / run_file;
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return nullptr;
  try {
    return json::parse(read_file(file, std::size_t{1} << 24));
  } catch (const json::exception&) {
    throw InputError(fmt::format("{}: is not JSON; move it away to resume with the flags alone", quote_path(file)));
  }
}

}  // namespace dae
