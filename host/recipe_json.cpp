#include "host/recipe_json.hpp"

#include <nlohmann/json.hpp>
#include <variant>

#include "host/json_text.hpp"
#include "host/option_reader.hpp"

namespace dae {
namespace {

// Far beyond any image's range, and far from overflow.
constexpr double largest_sigma = 1e6, largest_rate = 1e6;
// Above the largest float under 1, in its shortest decimal form.
constexpr double largest_beta = 0.99999995;

}  // namespace

nlohmann::ordered_json noise_to_json(const NoiseRecipe& recipe) {
  nlohmann::ordered_json parts = nlohmann::ordered_json::array();
  for (const NoisePart& part : recipe.parts) {
    const auto& gaussian = std::get<Gaussian>(part);
    parts.push_back({{"type", "gaussian"}, {"sigma", pretty(gaussian.sigma)}});
    if (gaussian.upto > gaussian.sigma) parts.back()["upto"] = pretty(gaussian.upto);
  }
  return {{"parts", parts}, {"clip", recipe.clip}, {"seed", recipe.seed}};
}

NoiseRecipe noise_from_json(const nlohmann::json& value) {
  NoiseRecipe recipe;
  OptionReader options(value, "the noise recipe");
  for (const nlohmann::json& part : options.list("parts")) {
    OptionReader part_options(part, "a part of the noise recipe");
    part_options.choice("type", "gaussian", {"gaussian"});
    const auto sigma = [&](const char* key, float fallback) {
      return static_cast<float>(part_options.number(key, pretty(fallback), 0, largest_sigma));
    };
    recipe.parts.emplace_back(Gaussian{sigma("sigma", Gaussian{}.sigma), sigma("upto", 0)});
    part_options.finish();
  }
  recipe.clip = options.flag("clip", recipe.clip);
  recipe.seed = options.whole("seed", recipe.seed);
  options.finish();
  return recipe;
}

nlohmann::ordered_json optimizer_to_json(const Optimizer& optimizer) {
  const auto& adam = std::get<Adam>(optimizer);
  return {{"type", "adam"},
          {"rate", pretty(adam.rate)},
          {"beta1", pretty(adam.beta1)},
          {"beta2", pretty(adam.beta2)},
          {"epsilon", pretty(adam.epsilon)}};
}

Optimizer optimizer_from_json(const nlohmann::json& value) {
  Adam adam;
  OptionReader options(value, "the optimizer");
  options.choice("type", "adam", {"adam"});
  const auto number = [&](const char* key, float fallback, double high) {
    return static_cast<float>(options.number(key, pretty(fallback), 0, high));
  };
  adam.rate = number("rate", adam.rate, largest_rate);
  adam.beta1 = number("beta1", adam.beta1, largest_beta);
  adam.beta2 = number("beta2", adam.beta2, largest_beta);
  adam.epsilon = number("epsilon", adam.epsilon, 1);
  options.finish();
  return adam;
}

}  // namespace dae
