#include <nlohmann/json.hpp>

#include "host/files/csv_log.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temp_folder.hpp"

using namespace dae;
using nlohmann::json;

namespace {

std::vector<std::string> fast_run(const std::filesystem::path& out, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {"train",       "--recipe",        "fast",    "--train-data", DAE_DATA "/mnist",
                                        "--val-data",  DAE_DATA "/mnist", "--limit", "200",          "--model",
                                        "conv-dae-16", "--device",        "cpu",     "--out",        out};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

json settings_of(const std::filesystem::path& out) { return json::parse(slurp(out / "run.json"))["settings"]; }

}  // namespace

TEST_CASE("the fast recipe gives its values to the flags that are left out", "[cli][train][recipe]") {
  const TempFolder folder;
  const Outcome plain = run_program(fast_run(folder / "plain"));
  INFO(plain.err);
  REQUIRE(plain.code == 0);
  CHECK(plain.out.find("recipe fast: 1 epoch of at most 6,000 images, batch 16, adam 0.02, one-cycle, clip-norm 0.1") !=
        std::string::npos);
  CHECK(read_csv(folder / "plain" / "steps.csv").size() == 13);
  json settings = settings_of(folder / "plain");
  CHECK(settings["recipe"] == "fast");
  CHECK(settings["epoch-images"] == 6000);
  CHECK(settings["lr"] == 0.02);
  CHECK(settings["clip-norm"] == 0.1);

  const Outcome own = run_program(fast_run(folder / "own", {"--batch", "32", "--epochs", "3", "--epoch-images", "64",
                                                            "--lr", "0.001", "--schedule", "constant"}));
  REQUIRE(own.code == 0);
  CHECK(own.out.find("3 epochs of at most 64 images, batch 32, adam 0.001, constant") != std::string::npos);
  CHECK(read_csv(folder / "own" / "steps.csv").size() == 6);
  settings = settings_of(folder / "own");
  CHECK(settings["batch"] == 32);
  CHECK(settings["lr"] == 0.001);
}

TEST_CASE("a run of --recipe fast goes on where it was stopped", "[cli][train][recipe]") {
  const TempFolder folder;
  const std::vector<std::string> more = {"--epochs", "2", "--epoch-images", "120", "--quiet"};
  REQUIRE(run_program(fast_run(folder / "whole", more)).code == 0);
  std::vector<std::string> stopped = more;
  stopped.insert(stopped.end(), {"--stop-after-steps", GENERATE("3", "9")});
  REQUIRE(run_program(fast_run(folder / "part", stopped)).code == 0);
  const Outcome other = run_program({"train", "--resume", "--recipe", "default", "--quiet", "--out", folder / "part"});
  CHECK(other.code == 2);
  CHECK(other.err.find("--recipe") != std::string::npos);
  const Outcome resumed = run_program({"train", "--resume", "--recipe", "fast", "--quiet", "--out", folder / "part"});
  INFO(resumed.err);
  REQUIRE(resumed.code == 0);
  for (const char* file : {"last.safetensors", "best.safetensors"})
    CHECK(slurp(folder / "part" / file) == slurp(folder / "whole" / file));
}

TEST_CASE("a run ends when it reaches --stop-at-val-loss, and says so", "[cli][train][recipe]") {
  const TempFolder folder;
  const Outcome reached = run_program(fast_run(folder / "run", {"--epochs", "5", "--stop-at-val-loss", "100"}));
  INFO(reached.err);
  REQUIRE(reached.code == 0);
  CHECK(reached.out.find("reached --stop-at-val-loss 100") != std::string::npos);
  CHECK(read_csv(folder / "run" / "history.csv").size() == 1);
  CHECK(json::parse(slurp(folder / "run" / "run.json"))["result"]["target_reached"] == true);
  CHECK(settings_of(folder / "run")["stop-at-val-loss"] == 100.0);
  const Outcome missed = run_program(fast_run(folder / "run", {"--overwrite", "--stop-at-val-loss", "0.001"}));
  REQUIRE(missed.code == 0);
  CHECK(missed.out.find("did not reach --stop-at-val-loss 0.001") != std::string::npos);
}
