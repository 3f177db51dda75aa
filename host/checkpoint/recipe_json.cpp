#include "host/checkpoint/recipe_json.hpp"

#include <nlohmann/json.hpp>
#include <variant>

#include "host/text/json_text.hpp"
#include "host/text/option_reader.hpp"

namespace dae {
namespace {

// Far beyond any image's range, and far from overflow.
constexpr double largest_sigma = 1e6, largest_rate = 1e6;
// Above the largest float under 1, in its shortest decimal form.
constexpr double largest_beta = 0.99999995;

struct PartWriter {
  using json = nlohmann::ordered_json;
  json operator()(const Gaussian& gaussian) const {
    json part = {{"type", "gaussian"}, {"sigma", pretty(gaussian.sigma)}};
    if (gaussian.max > gaussian.sigma) part["upto"] = pretty(gaussian.max);
    return part;
  }
  json operator()(const Poisson& poisson) const { return {{"type", "poisson"}, {"peak", pretty(poisson.peak)}}; }
  json operator()(const SaltAndPepper& lost) const {
    return {{"type", "salt-pepper"}, {"density", pretty(lost.density)}};
  }
  json operator()(const Jpeg& jpeg) const {
    json part = {{"type", "jpeg"}, {"quality", jpeg.quality}};
    if (jpeg.max > jpeg.quality) part["upto"] = jpeg.max;
    return part;
  }
  json operator()(const Speckle& speckle) const { return {{"type", "speckle"}, {"sigma", pretty(speckle.sigma)}}; }
};

NoisePart read_part(OptionReader& options) {
  const std::string type =
      options.choice("type", "gaussian", {"gaussian", "poisson", "salt-pepper", "speckle", "jpeg"});
  const auto number = [&](const char* key, float fallback, double low, double high) {
    return static_cast<float>(options.number(key, pretty(fallback), low, high));
  };
  if (type == "poisson") return Poisson{number("peak", Poisson{}.peak, 1e-3, 1e6)};
  if (type == "salt-pepper") return SaltAndPepper{number("density", SaltAndPepper{}.density, 0, 1)};
  if (type == "jpeg")
    return Jpeg{options.integer("quality", Jpeg{}.quality, 1, 100), options.integer("upto", 0, 0, 100)};
  if (type == "speckle") return Speckle{number("sigma", Speckle{}.sigma, 0, largest_sigma)};
  return Gaussian{number("sigma", Gaussian{}.sigma, 0, largest_sigma), number("upto", 0, 0, largest_sigma)};
}

}  // namespace

nlohmann::ordered_json noise_to_json(const NoiseRecipe& recipe) {
  nlohmann::ordered_json parts = nlohmann::ordered_json::array();
  for (const NoisePart& part : recipe.parts) parts.push_back(std::visit(PartWriter{}, part));
  return {{"parts", parts}, {"clip", recipe.clip}, {"seed", recipe.seed}};
}

NoiseRecipe noise_from_json(const nlohmann::json& value) {
  NoiseRecipe recipe;
  OptionReader options(value, "the noise recipe");
  for (const nlohmann::json& part : options.list("parts")) {
    OptionReader part_options(part, "a part of the noise recipe");
    recipe.parts.push_back(read_part(part_options));
    part_options.finish();
  }
  recipe.clip = options.flag("clip", recipe.clip);
  recipe.seed = options.whole("seed", recipe.seed);
  options.finish();
  return recipe;
}

namespace {

struct OptimizerWriter {
  using json = nlohmann::ordered_json;
  json operator()(const Adam& adam) const {
    return {{"type", "adam"},
            {"rate", pretty(adam.rate)},
            {"beta1", pretty(adam.beta1)},
            {"beta2", pretty(adam.beta2)},
            {"epsilon", pretty(adam.epsilon)}};
  }
  json operator()(const AdamW& adamw) const {
    json value = (*this)(Adam{adamw.rate, adamw.beta1, adamw.beta2, adamw.epsilon});
    value["type"] = "adamw";
    value["decay"] = pretty(adamw.decay);
    return value;
  }
  json operator()(const Sgd& sgd) const {
    return {{"type", "sgd"}, {"rate", pretty(sgd.rate)}, {"momentum", pretty(sgd.momentum)}};
  }
};

}  // namespace

nlohmann::ordered_json optimizer_to_json(const Optimizer& optimizer) {
  return std::visit(OptimizerWriter{}, optimizer);
}

Optimizer optimizer_from_json(const nlohmann::json& value) {
  OptionReader options(value, "the optimizer");
  const std::string type(options.choice("type", "adam", {"adam", "adamw", "sgd"}));
  const auto number = [&](const char* key, float& field, double high) {
    field = static_cast<float>(options.number(key, pretty(field), 0, high));
  };
  const auto adam_options = [&](auto& adam) {
    number("rate", adam.rate, largest_rate);
    number("beta1", adam.beta1, largest_beta);
    number("beta2", adam.beta2, largest_beta);
    number("epsilon", adam.epsilon, 1);
  };
  Optimizer optimizer;
  if (type == "sgd") {
    Sgd sgd;
    number("rate", sgd.rate, largest_rate);
    number("momentum", sgd.momentum, largest_beta);
    optimizer = sgd;
  } else if (type == "adamw") {
    AdamW adamw;
    adam_options(adamw);
    number("decay", adamw.decay, largest_rate);
    optimizer = adamw;
  } else {
    Adam adam;
    adam_options(adam);
    optimizer = adam;
  }
  options.finish();
  return optimizer;
}

}  // namespace dae
