#include <fstream>

#include "host/checkpoint/checkpoint.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/tiny_run.hpp"

using namespace dae;

TEST_CASE("weights go out and come back the same", "[cli][export]") {
  const TempFolder folder;
  train_tiny(folder / "run");
  const std::string checkpoint = folder / "run/last.safetensors", weights = folder / "weights.safetensors";
  const Outcome exported =
      run_program({"export", "--checkpoint", checkpoint, "--safetensors", weights, "--onnx", folder / "model.onnx"});
  INFO(exported.err);
  REQUIRE(exported.code == 0);
  CHECK(std::filesystem::file_size(folder / "model.onnx") > 5489 * sizeof(float));
  const Outcome imported =
      run_program({"import", weights, "--model", "conv-dae-16", "--out", folder / "imported.safetensors"});
  INFO(imported.err);
  REQUIRE(imported.code == 0);
  const Checkpoint before = load_checkpoint(checkpoint), after = load_checkpoint(folder / "imported.safetensors");
  CHECK(after.weights == before.weights);
  CHECK(after.graph == before.graph);
  CHECK(after.step == 0);
}

TEST_CASE("import and export say in one line what is wrong", "[cli][export]") {
  const TempFolder folder;
  train_tiny(folder / "run");
  const std::string checkpoint = folder / "run/last.safetensors", map = folder / "names.json";
  std::ofstream(map) << R"({"conv2d.weight": 7})";
  struct Case {
    std::vector<std::string> arguments;
    int code;
    std::string says;
  };
  const std::vector<Case> cases{
      {{"export", "--checkpoint", checkpoint}, 2, "--onnx"},
      {{"export", "--onnx", folder / "x"}, 2, "--checkpoint"},
      {{"export", "--checkpoint", folder / "none", "--onnx", folder / "x"}, 3, "none"},
      {{"export", "--checkpoint", checkpoint, "--onnx", folder / "no/folder/x"}, 4, "no/folder"},
      {{"import", "--model", "conv-dae-16", "--out", folder / "x"}, 2, "safetensors"},
      {{"import", checkpoint, "--model", "conv-dae-16", "--out", folder / "x"}, 3, "adam.m"},
      {{"import", checkpoint, "--model", "conv-dae-16", "--map", map, "--out", folder / "x"}, 3, "conv2d.weight"},
      {{"import", checkpoint, "--model", "conv-dae-16", "--layout", "torch", "--out", folder / "x"}, 2, "--layout"},
  };
  for (const Case& one : cases) {
    const Outcome outcome = run_program(one.arguments);
    INFO(outcome.err);
    CHECK(outcome.code == one.code);
    CHECK(outcome.error_lines() == 1);
    CHECK_THAT(outcome.err, ContainsSubstring(one.says));
    CHECK_FALSE(std::filesystem::exists(folder / "x"));
  }
}
