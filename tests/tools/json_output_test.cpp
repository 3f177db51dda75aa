#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/tiny_run.hpp"

using nlohmann::json;

namespace {

/// Standard output as JSON, a value a line.
std::vector<json> lines_of(const Outcome& outcome) {
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  std::vector<json> values;
  std::istringstream text(outcome.out);
  for (std::string line; std::getline(text, line);) values.push_back(json::parse(line));
  return values;
}

}  // namespace

TEST_CASE("train and denoise print JSON lines and nothing else where --json says so", "[cli][json]") {
  const TempFolder folder;
  const std::vector<json> run = lines_of(run_program(tiny_run(folder / "run", {"--json"})));
  REQUIRE(run.size() >= 4);
  CHECK(run.front()["event"] == "start");
  CHECK(run.front()["parameters"] == 5489);
  CHECK(run.front()["settings"]["batch"] == 16);
  std::vector<json> epochs;
  for (const json& line : run) {
    if (line["event"] == "epoch") epochs.push_back(line);
  }
  REQUIRE(epochs.size() == 2);
  CHECK(epochs[1]["epoch"] == 2);
  for (const char* key : {"loss", "val_loss", "val_psnr", "noisy_psnr", "bce_floor", "seconds", "images_per_s"}) {
    CHECK(epochs[1][key].is_number());
  }
  CHECK(run.back()["event"] == "end");
  CHECK(run.back()["end"] == "finished");

  const std::vector<json> files =
      lines_of(run_program({"denoise", "--checkpoint", folder / "run/last.safetensors", DAE_DATA "/mnist/seven.png",
                            "--add-noise", "0.3", "--json", "--out", folder / "clean"}));
  REQUIRE(files.size() == 1);
  CHECK(files[0]["images"] == 1);
  CHECK(std::filesystem::exists(files[0]["output"].get<std::string>()));
  CHECK(std::filesystem::exists(files[0]["noisy"].get<std::string>()));
}
