#include "host/graph/summary.hpp"

#include <nlohmann/json.hpp>

#include "host/text/text.hpp"
#include "tests/support/catch.hpp"

using namespace dae;

TEST_CASE("the summary shows layers, shapes, parameters and cost", "[summary]") {
  const std::string text = summary_table(preset("conv-dae-32"), {1, 28, 28, 1});
  CHECK_THAT(text, ContainsSubstring("conv2d_1 (Conv2D, relu)") && ContainsSubstring("(None, 14, 14, 32)") &&
                       ContainsSubstring("9,248"));
  CHECK_THAT(text, ContainsSubstring("28,353") && ContainsSubstring("4,515,840"));
  CHECK_THAT(summary_table(preset("conv-dae-16"), {1, 28, 28, 1}), ContainsSubstring("upsampling by 1 does nothing"));
  CHECK_THAT(summary_table(preset("dense-dae"), {1, 28, 28, 1}), ContainsSubstring("(None, 784)"));
}

TEST_CASE("the summary as JSON has every layer's shape, weights and cost", "[summary]") {
  const auto summary = nlohmann::json::parse(summary_json(preset("conv-dae-32"), {1, 28, 28, 1}));
  CHECK(summary.at("parameters") == 28353);
  std::size_t weights = 0;
  std::uint64_t cost = 0;
  for (const auto& layer : summary.at("layers")) {
    weights += layer.at("parameters").get<std::size_t>();
    cost += layer.at("multiply_adds").get<std::uint64_t>();
  }
  CHECK(weights == 28353);
  CHECK(cost == 4'515'840);
  const auto& conv = summary.at("layers").at(4);
  CHECK(conv.at("name") == "conv2d_1");
  CHECK(conv.at("type") == "Conv2d");
  CHECK(conv.at("shape") == nlohmann::json{14, 14, 32});
}

TEST_CASE("numbers and bytes for people", "[summary]") {
  CHECK(with_commas(0) == "0");
  CHECK(with_commas(999) == "999");
  CHECK(with_commas(1000) == "1,000");
  CHECK(with_commas(28353) == "28,353");
  CHECK(format_bytes(1023) == "1023 B");
  CHECK(format_bytes(100352) == "98.0 KiB");
  CHECK(format_bytes(std::uint64_t{3} << 29) == "1.5 GiB");
}
