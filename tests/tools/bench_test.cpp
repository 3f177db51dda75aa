#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "program.hpp"

TEST_CASE("bench prints one JSON object with every key", "[cli][bench]") {
  const Outcome outcome = run_program({"bench", "--model", "dense-dae", "--batch", "1,16", "--rounds", "1", "--json"});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  const auto report = nlohmann::json::parse(outcome.out);
  CHECK(report.at("fma_peak_gflops").get<double>() > 0);
  CHECK(report.at("isa").is_string());
  REQUIRE(report.at("results").size() == 2);
  for (const auto& result : report.at("results")) {
    CHECK(result.at("preset") == "dense-dae");
    CHECK(result.at("threads") == 1);
    for (const char* key :
         {"step_ms", "predict_ms", "images_per_s", "gflops_done", "gflops_direct_equivalent", "direct_over_peak"}) {
      INFO(key);
      CHECK(result.at(key).get<double>() > 0);
    }
  }
  CHECK(report.at("results")[1].at("batch") == 16);
}

TEST_CASE("bench checks its lists", "[cli][bench]") {
  for (const auto& [flag, value] : {std::pair{"--batch", "1,,2"},
                                    {"--batch", "0"},
                                    {"--threads", "1,x"},
                                    {"--rounds", "0"},
                                    {"--model", "conv-dae-23"}}) {
    const Outcome outcome = run_program({"bench", flag, value});
    INFO(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(outcome.error_lines() == 1);
  }
}
