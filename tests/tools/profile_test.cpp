#include <nlohmann/json.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temp_folder.hpp"

TEST_CASE("profile writes a trace of every layer and says how long a step takes", "[cli][profile]") {
  const TempFolder folder;
  const Outcome outcome = run_program({"profile", "--model", "conv-dae-16", "--steps", "2", "--batch", "20", "--device",
                                       "cpu", "--out", folder / "trace.json", "--json"});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  const auto report = nlohmann::json::parse(outcome.out);
  CHECK(report.at("steps") == 2);
  CHECK(report.at("captured_nodes") == 0);
  CHECK(report.at("trace") == (folder / "trace.json").string());
  for (const char* window : {"eager", "replayed"}) CHECK(report.at(window).at("images_per_s").get<double>() > 0);
  const std::string trace = slurp(folder / "trace.json");
  CHECK(nlohmann::json::accept(trace));
  for (const char* name : {"conv2d + relu", "/backward", "eager window", "replayed window"}) {
    INFO(name);
    CHECK(trace.find(name) != std::string::npos);
  }
  CHECK(folder.names() == std::vector<std::string>{"trace.json"});
}

TEST_CASE("profile refuses what it cannot do and leaves no file", "[cli][profile]") {
  const TempFolder folder;
  const std::string out = folder / "trace.json";
  const std::vector<std::string> start = {"profile", "--steps", "1", "--batch", "1", "--out", out};
  struct Case {
    std::vector<std::string> more;
    int code;
    const char* word;
  };
  for (const Case& c : std::vector<Case>{{{"--window", "both", "--device", "99"}, 5, "99"},
                                         {{"--device", "-1"}, 2, "--device"},
                                         {{"--window", "all"}, 2, "eager"},
                                         {{"--device", "cpu", "--precision", "bf16"}, 2, "--precision"},
                                         {{"--device", "cpu", "--input", "2x2x1"}, 2, "2x2"},
                                         {{"--model", "no.json"}, 3, "no.json"}}) {
    std::vector<std::string> arguments = start;
    arguments.insert(arguments.end(), c.more.begin(), c.more.end());
    const Outcome outcome = run_program(arguments);
    INFO(c.word << ": " << outcome.err);
    CHECK(outcome.code == c.code);
    CHECK(outcome.error_lines() == 1);
    CHECK(outcome.err.find(c.word) != std::string::npos);
  }
  CHECK(run_program({"profile", "--steps", "0"}).code == 2);
  const Outcome unwritable =
      run_program({"profile", "--steps", "1", "--batch", "1", "--device", "cpu", "--out", folder / "no/such/trace"});
  CHECK(unwritable.code == 4);
  CHECK(unwritable.err.find("trace") != std::string::npos);
  CHECK(folder.names().empty());
}
