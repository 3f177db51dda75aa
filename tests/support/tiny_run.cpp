#include "tests/support/tiny_run.hpp"

#include "tests/support/catch.hpp"

std::vector<std::string> tiny_run(const std::filesystem::path& out, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {
      "train",      "--model",         "conv-dae-16", "--train-data", DAE_DATA "/mnist",
      "--val-data", DAE_DATA "/mnist", "--limit",     "90",           "--batch",
      "16",         "--device",        "cpu",         "--out",        out};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

void train_tiny(const std::filesystem::path& out, const std::vector<std::string>& more) {
  const Outcome outcome = run_program(tiny_run(out, more));
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
}
