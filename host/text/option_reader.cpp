#include "host/text/option_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "dae/error.hpp"
#include "host/text/quote.hpp"

namespace dae {

OptionReader::OptionReader(const nlohmann::json& object, std::string layer)
    : object_(object), layer_(std::move(layer)) {
  if (!object_.is_object()) throw GraphError(fmt::format("{}: must be a JSON object, not {}", layer_, brief(object_)));
}

const nlohmann::json* OptionReader::find(std::string_view key) {
  known_.emplace_back(key);
  const auto found = object_.find(known_.back());
  return found == object_.end() ? nullptr : &*found;
}

void OptionReader::fail(std::string_view key, std::string_view what, const nlohmann::json& got) const {
  throw GraphError(fmt::format("{}: '{}' must be {}, not {}", layer_, key, what, brief(got)));
}

int OptionReader::integer(std::string_view key, int fallback, int low, int high) {
  const nlohmann::json* value = find(key);
  if (value == nullptr) return fallback;
  // Through double: it holds every int exactly, and what lies beyond an int is out of bounds in either type.
  const double got = value->is_number() ? value->get<double>() : std::nan("");
  if (got >= low && got <= high && got == std::floor(got)) return static_cast<int>(got);
  fail(key, fmt::format("a whole number from {} to {}", low, high), *value);
}

double OptionReader::number(std::string_view key, double fallback, double low, double high) {
  const nlohmann::json* value = find(key);
  if (value == nullptr) return fallback;
  const double got = value->is_number() ? value->get<double>() : std::nan("");
  if (got >= low && got <= high) return got;
  fail(key, fmt::format("a number from {} to {}", low, high), *value);
}

std::uint64_t OptionReader::whole(std::string_view key, std::uint64_t fallback) {
  const nlohmann::json* value = find(key);
  if (value == nullptr) return fallback;
  if (!value->is_number_unsigned()) fail(key, "a whole number from 0 to 2^64 - 1", *value);
  return value->get<std::uint64_t>();
}

bool OptionReader::flag(std::string_view key, bool fallback) {
  const nlohmann::json* value = find(key);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) fail(key, "true or false", *value);
  return value->get<bool>();
}

std::string OptionReader::choice(std::string_view key, std::string_view fallback,
                                 const std::vector<std::string_view>& allowed) {
  const nlohmann::json* value = find(key);
  if (value == nullptr) return std::string(fallback);
  if (value->is_string()) {
    const auto& got = value->get_ref<const std::string&>();
    if (std::find(allowed.begin(), allowed.end(), got) != allowed.end()) return got;
  }
  fail(key, fmt::format("'{}'", fmt::join(allowed, "' or '")), *value);
}

std::string OptionReader::text(std::string_view key, std::string_view fallback) {
  const nlohmann::json* value = find(key);
  if (value == nullptr) return std::string(fallback);
  if (!value->is_string()) fail(key, "a text", *value);
  return value->get<std::string>();
}

std::vector<std::string> OptionReader::texts(std::string_view key) {
  std::vector<std::string> result;
  const nlohmann::json* value = find(key);
  if (value == nullptr) return result;
  if (!value->is_array()) fail(key, "a list of texts", *value);
  for (const nlohmann::json& element : *value) {
    if (!element.is_string()) fail(key, "a list of texts", *value);
    result.push_back(element.get<std::string>());
  }
  return result;
}

const nlohmann::json& OptionReader::list(std::string_view key) {
  const nlohmann::json* value = find(key);
  if (value == nullptr) throw GraphError(fmt::format("{}: has no '{}'", layer_, key));
  if (!value->is_array()) fail(key, "a list", *value);
  return *value;
}

bool OptionReader::has(std::string_view key) const { return object_.contains(key); }

void OptionReader::finish() const {
  const std::vector<std::string_view> known(known_.begin(), known_.end());
  for (const auto& [key, value] : object_.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    throw GraphError(fmt::format("{}: unknown key {}{}; it knows {}", layer_, quote(key), did_you_mean(key, known),
                                 fmt::join(known, ", ")));
  }
}

}  // namespace dae
