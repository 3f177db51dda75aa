#include "host/checkpoint/checkpoint_metadata.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "dae/error.hpp"
#include "tests/support/catch.hpp"

using dae::Adam;
using dae::NoiseRecipe;
using nlohmann::json;

namespace {

NoiseRecipe noise(const char* text) { return dae::noise_from_json(json::parse(text)); }
Adam adam(const char* text) { return std::get<Adam>(dae::optimizer_from_json(json::parse(text))); }

}  // namespace

TEST_CASE("a noise recipe survives JSON", "[recipe_json]") {
  const NoiseRecipe recipe{
      {dae::Gaussian{0.1f}, dae::Gaussian{25.0f / 255.0f}}, false, std::numeric_limits<std::uint64_t>::max()};
  const auto text = dae::noise_to_json(recipe).dump();
  CHECK(text == R"({"parts":[{"type":"gaussian","sigma":0.1},{"type":"gaussian","sigma":0.09803922}],)"
                R"("clip":false,"seed":18446744073709551615})");
  CHECK(noise(text.c_str()) == recipe);
  CHECK(noise(R"({"parts": []})") == NoiseRecipe{});
  CHECK(noise(R"({"parts": [{}]})") == NoiseRecipe{.parts = {dae::Gaussian{}}});
}

TEST_CASE("optimizer settings survive JSON", "[recipe_json]") {
  const Adam changed{0.0123f, 0.5f, 0.99f, 1e-8f};
  const auto text = dae::optimizer_to_json(changed).dump();
  CHECK(text == R"({"type":"adam","rate":0.0123,"beta1":0.5,"beta2":0.99,"epsilon":1e-08})");
  CHECK(adam(text.c_str()) == changed);
  CHECK(adam("{}") == Adam{});
  const Adam edge{0, 0, 0.99999994f, 0};
  CHECK(adam(dae::optimizer_to_json(edge).dump().c_str()) == edge);
}

TEST_CASE("recipes out of their domain are refused", "[recipe_json][hostile]") {
  for (const auto* text :
       {"[]", "3", "{}", R"({"parts": 1})", R"({"parts": [1]})", R"({"parts": [{"sigma": -1}]})",
        R"({"parts": [{"sigma": 1e7}]})", R"({"parts": [{"sigma": null}]})", R"({"parts": [{"type": "snow"}]})",
        R"({"parts": [{"sgima": 1}]})", R"({"parts": [], "clip": 1})", R"({"parts": [], "seed": -1})",
        R"({"parts": [], "seed": 0.5})", R"({"parts": [], "sead": 1})"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(noise(text), dae::InputError);
  }
  for (const auto* text : {"[]", R"({"type": "lbfgs"})", R"({"beta1": 1})", R"({"beta2": 1.0})", R"({"rate": -1})",
                           R"({"epsilon": 2})", R"({"rates": 1})"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(adam(text), dae::InputError);
  }
}
