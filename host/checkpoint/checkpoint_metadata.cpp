#include "host/checkpoint/checkpoint_metadata.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "dae/error.hpp"
#include "host/checkpoint/recipe_json.hpp"
#include "host/text/json_text.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

constexpr std::uint64_t format_version = 1;
constexpr std::array<std::string_view, 11> known = {
    "program", "format_version", "graph", "sample", "noise", "optimizer", "step", "metrics", "run", "plans", "sha256"};

/// Reads the entries; messages name the file.
class MetadataReader {
 public:
  MetadataReader(const std::map<std::string, std::string>& metadata, const std::string& name)
      : metadata_(metadata), name_(name) {}

  Checkpoint read() const {
    if (!metadata_.contains("format_version"))
      fail(
          "is a safetensors file, but no checkpoint of dae-cuda; 'dae-cuda import' makes one of another program's "
          "weights");
    if (const auto version = whole("format_version"); version > format_version) {
      fail(fmt::format("has checkpoint format {}, and this program reads up to {}; use a newer dae-cuda", version,
                       format_version));
    }
    for (const auto& [key, value] : metadata_)
      if (std::ranges::find(known, key) == known.end())
        fail(fmt::format("is damaged: its metadata has {}, which no checkpoint has", quote(key)));
    Checkpoint result;
    try {
      result.graph = graph_from_json(text("graph"));
      result.noise = noise_from_json(json("noise"));
      result.optimizer = optimizer_from_json(json("optimizer"));
    } catch (const GraphError& error) {
      fail(fmt::format("is damaged: {}", error.what()));
    }
    result.sample = sample();
    result.step = whole("step");
    result.metrics = metrics();
    result.plans = plans();
    result.run = text("run");
    return result;
  }

 private:
  [[noreturn]] void fail(std::string_view what) const { throw InputError(fmt::format("{} {}", name_, what)); }

  const std::string& text(const std::string& key) const {
    const auto found = metadata_.find(key);
    if (found == metadata_.end()) fail(fmt::format("is damaged: its metadata has no '{}'", key));
    return found->second;
  }

  nlohmann::json json(const std::string& key) const {
    return parse_json(text(key), fmt::format("{} is damaged: its '{}'", name_, key));
  }

  std::uint64_t whole(const std::string& key) const {
    const std::string& digits = text(key);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size()) {
      fail(fmt::format("is damaged: its '{}' is {}, no whole number", key, quote(digits)));
    }
    return value;
  }

  Shape sample() const {
    const nlohmann::json value = json("sample");
    const auto is_extent = [](const nlohmann::json& v) {
      return v.is_number_unsigned() && v.get<std::uint64_t>() <= std::numeric_limits<int>::max();
    };
    const bool fits = value.is_array() && value.size() == 3 && std::all_of(value.begin(), value.end(), is_extent);
    if (!fits) fail("is damaged: its 'sample' must be three whole numbers");
    return {1, value[0].get<int>(), value[1].get<int>(), value[2].get<int>()};
  }

  std::map<std::string, double> metrics() const {
    std::map<std::string, double> result;
    const nlohmann::json value = json("metrics");
    if (!value.is_object()) fail("is damaged: its 'metrics' must be a JSON object");
    for (const auto& [key, metric] : value.items()) {
      if (!metric.is_number() && !metric.is_null())
        fail(fmt::format("is damaged: its metric {} is no number", quote(key)));
      result[key] = metric.is_null() ? std::numeric_limits<double>::quiet_NaN() : metric.get<double>();
    }
    return result;
  }

  ChosenPlans plans() const {
    if (!metadata_.contains("plans")) return {};
    const nlohmann::json value = json("plans");
    const auto is_text = [&](const char* key) { return value.contains(key) && value.at(key).is_string(); };
    if (!value.is_object() || !is_text("training") || !is_text("validation"))
      fail("is damaged: its 'plans' must be two texts");
    return {value.at("training").get<std::string>(), value.at("validation").get<std::string>()};
  }

  const std::map<std::string, std::string>& metadata_;
  const std::string& name_;
};

}  // namespace

std::map<std::string, std::string> write_metadata(const Checkpoint& checkpoint) {
  const Shape& sample = checkpoint.sample;
  std::map<std::string, std::string> metadata = {{"program", "dae-cuda"},
                                                 {"format_version", std::to_string(format_version)},
                                                 {"graph", to_json(checkpoint.graph)},
                                                 {"sample", dump_json({sample.h, sample.w, sample.c})},
                                                 {"noise", dump_json(noise_to_json(checkpoint.noise))},
                                                 {"optimizer", dump_json(optimizer_to_json(checkpoint.optimizer))},
                                                 {"step", std::to_string(checkpoint.step)},
                                                 {"metrics", dump_json(checkpoint.metrics)},
                                                 {"run", checkpoint.run}};
  if (checkpoint.plans != ChosenPlans{})
    metadata["plans"] =
        dump_json({{"training", checkpoint.plans.training}, {"validation", checkpoint.plans.validation}});
  return metadata;
}

Checkpoint read_metadata(const std::map<std::string, std::string>& metadata, const std::string& name) {
  return MetadataReader(metadata, name).read();
}

}  // namespace dae
