#include "host/checkpoint/recipe_json.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <variant>

#include "host/noise/noise_kinds.hpp"
#include "host/text/json_text.hpp"
#include "host/text/option_reader.hpp"

namespace dae {
namespace {

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
