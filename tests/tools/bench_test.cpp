#include <nlohmann/json.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"

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
    for (const char* key : {"step_ms", "predict_ms", "images_per_s", "gflops_done", "gflops_direct_equivalent",
                            "direct_over_peak", "done_over_peak", "predict_direct_over_peak", "stated_mb"}) {
      INFO(key);
      CHECK(result.at(key).get<double>() > 0);
    }
  }
  CHECK(report.at("results")[1].at("batch") == 16);
  REQUIRE(report.at("layers").size() > 6);
  for (const auto& layer : report.at("layers")) CHECK(layer.at("direct_over_peak").get<double>() >= 0);
  // Dense layers are carried out by their definition.
  CHECK(report.at("layers")[1].at("direct_over_peak").get<double>() ==
        Approx(report.at("layers")[1].at("done_over_peak").get<double>()));
  const double part = report.at("around").at(0).at("part_of_step").get<double>();
  CHECK((part > 0 && part < 1));
}

TEST_CASE("bench times every preset with the loss that suits it", "[cli][bench]") {
  for (const char* preset : {"dncnn-small", "ffdnet-small-colour"}) {
    const Outcome outcome = run_program({"bench", "--model", preset, "--batch", "1", "--rounds", "1", "--json"});
    INFO(outcome.err);
    REQUIRE(outcome.code == 0);
    const auto report = nlohmann::json::parse(outcome.out);
    CHECK(report.at("results").at(0).at("step_ms").get<double>() > 0);
    CHECK(report.at("around").at(0).at("loss_us").get<double>() > 0);
  }
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

TEST_CASE("training takes no more memory than is stated", "[cli][bench]") {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  const Outcome outcome = run_program({"bench", "--model", "conv-dae-16", "--batch", "1,16,64,1024,4096", "--threads",
                                       "1,3", "--rounds", "1", "--json"});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  for (const auto& result : nlohmann::json::parse(outcome.out).at("results")) {
    INFO(result.dump());
    const double resident = result.at("resident_mb").get<double>();
    // Stacks of threads, the list of samples and whole pages are not counted.
    CHECK(resident <= result.at("stated_mb").get<double>() + 1);
    CHECK(resident > 0);
  }
#endif
}

TEST_CASE("bench times a picture as denoise cuts it", "[cli][bench]") {
  const Outcome outcome =
      run_program({"bench", "--model", "unet-small", "--picture", "40x56", "--rounds", "1", "--json"});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  const auto report = nlohmann::json::parse(outcome.out);
  CHECK(report.at("results").empty());
  REQUIRE(report.at("pictures").size() == 1);
  CHECK(report.at("pictures")[0].at("width") == 56);
  CHECK(report.at("pictures")[0].at("direct_over_peak").get<double>() > 0);
  const Outcome table = run_program({"bench", "--model", "unet-small", "--picture", "40x56", "--rounds", "1"});
  CHECK(table.out.find("40x56") != std::string::npos);
}
