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
#include <variant>

#include "dae/error.hpp"
#include "host/noise/noise_kinds.hpp"
#include "host/text/json_text.hpp"
#include "host/text/option_reader.hpp"
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

// Far beyond any use, and far from overflow.
constexpr double largest_rate = 1e6;
// Above the largest float under 1, in its shortest decimal form.
constexpr double largest_beta = 0.99999995;

double plain(float value) { return pretty(value); }
int plain(int value) { return value; }

int number(OptionReader& options, std::string_view key, int fallback, int low, int high) {
  return options.integer(key, fallback, low, high);
}
float number(OptionReader& options, std::string_view key, float fallback, float low, float high) {
  return static_cast<float>(options.number(key, pretty(fallback), pretty(low), pretty(high)));
}

nlohmann::ordered_json part_to_json(const NoisePart& part) {
  return std::visit(
      [](const auto& each) {
        const auto strength = strength_of(each);
        const auto value = each.*strength.value;
        nlohmann::ordered_json json = {{"type", each.name}, {strength.key, plain(value)}};
        if (strength.max != nullptr && each.*strength.max > value) json["upto"] = plain(each.*strength.max);
        return json;
      },
      part);
}

template <class Kind, class Number>
void read_strength(OptionReader& options, Kind& kind, const Strength<Kind, Number>& strength) {
  kind.*strength.value = number(options, strength.key, kind.*strength.value, strength.least, strength.most);
  if (strength.max != nullptr) kind.*strength.max = number(options, "upto", Number{0}, Number{0}, strength.most);
}

/// The kind that "type" names, with its defaults; the first one where there is no type.
template <class Variant>
Variant kind_of(OptionReader& options) {
  const auto& names = Kinds<Variant>::names;
  return *Kinds<Variant>::named(options.choice("type", names[0], {names.begin(), names.end()}));
}

/// An optimizer's option: its key, where it lies, and its bound.
template <class Kind>
struct Option {
  const char* key;
  float Kind::*at;
  double most;
};

template <class Kind>
constexpr std::array<Option<Kind>, 4> adam_options = {{{"rate", &Kind::rate, largest_rate},
                                                       {"beta1", &Kind::beta1, largest_beta},
                                                       {"beta2", &Kind::beta2, largest_beta},
                                                       {"epsilon", &Kind::epsilon, 1}}};

/// Calls act(option) for all options of an optimizer.
template <class Act>
void for_options(const Adam&, Act act) {
  for (const auto& option : adam_options<Adam>) act(option);
}
template <class Act>
void for_options(const AdamW&, Act act) {
  for (const auto& option : adam_options<AdamW>) act(option);
  act(Option<AdamW>{"decay", &AdamW::decay, largest_rate});
}
template <class Act>
void for_options(const Sgd&, Act act) {
  act(Option<Sgd>{"rate", &Sgd::rate, largest_rate});
  act(Option<Sgd>{"momentum", &Sgd::momentum, largest_beta});
}

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

nlohmann::ordered_json noise_to_json(const NoiseRecipe& recipe) {
  nlohmann::ordered_json parts = nlohmann::ordered_json::array();
  for (const NoisePart& part : recipe.parts) parts.push_back(part_to_json(part));
  return {{"parts", parts}, {"clip", recipe.clip}, {"seed", recipe.seed}};
}

NoiseRecipe noise_from_json(const nlohmann::json& value) {
  NoiseRecipe recipe;
  OptionReader options(value, "the noise recipe");
  for (const nlohmann::json& part : options.list("parts")) {
    OptionReader part_options(part, "a part of the noise recipe");
    recipe.parts.push_back(kind_of<NoisePart>(part_options));
    std::visit([&](auto& each) { read_strength(part_options, each, strength_of(each)); }, recipe.parts.back());
    part_options.finish();
  }
  recipe.clip = options.flag("clip", recipe.clip);
  recipe.seed = options.whole("seed", recipe.seed);
  options.finish();
  return recipe;
}

nlohmann::ordered_json optimizer_to_json(const Optimizer& optimizer) {
  return std::visit(
      [](const auto& each) {
        nlohmann::ordered_json json = {{"type", each.name}};
        for_options(each, [&](const auto& option) { json[option.key] = pretty(each.*option.at); });
        return json;
      },
      optimizer);
}

Optimizer optimizer_from_json(const nlohmann::json& value) {
  OptionReader options(value, "the optimizer");
  Optimizer optimizer = kind_of<Optimizer>(options);
  std::visit(
      [&](auto& each) {
        for_options(each, [&](const auto& option) {
          each.*option.at = static_cast<float>(options.number(option.key, pretty(each.*option.at), 0, option.most));
        });
      },
      optimizer);
  options.finish();
  return optimizer;
}

}  // namespace dae
