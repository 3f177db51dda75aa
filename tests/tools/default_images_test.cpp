// Where train and evaluate find images when the command line names none.
#include "host/data/idx.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temp_folder.hpp"

namespace fs = std::filesystem;

namespace {

/// Images of 28x28 under MNIST's names.
void put_images(const fs::path& folder) {
  fs::create_directories(folder);
  for (const char* name : {"train-images-idx3-ubyte", "t10k-images-idx3-ubyte"})
    dae::write_idx(folder / name, {{4, 28, 28, 1}, std::vector<std::uint8_t>(4 * 784, 9)});
}

}  // namespace

TEST_CASE("train and evaluate find images in the current folder or beside the program, or say what to pass",
          "[cli][train]") {
  const TempFolder folder;
  const fs::path bin = folder / "usr/bin", here = folder / "here", installed = folder / "usr/share/dae-cuda/mnist";
  fs::create_directories(bin);
  fs::create_directory(here);
  fs::copy_file(DAE_PROGRAM, bin / "dae-cuda");
  const Surroundings surroundings{.program = bin / "dae-cuda", .folder = here};
  const auto train = [&](const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"train",    "--model", "conv-dae-16", "--device",   "cpu",
                                          "--epochs", "1",       "--out",       here / "run", "--overwrite"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments, surroundings);
  };
  const auto evaluate = [&] {
    return run_program({"evaluate", "--checkpoint", here / "run/last.safetensors", "--device", "cpu"}, surroundings);
  };
  const Outcome nothing = train();
  CHECK(nothing.code == 3);
  CHECK(nothing.error_lines() == 1);
  CHECK_THAT(nothing.err, ContainsSubstring("--train-data needs an IDX file") && ContainsSubstring("data/mnist here") &&
                              ContainsSubstring(installed.string()));
  CHECK_THAT(train({"--train-data", bin.string()}).err, ContainsSubstring("--val-data needs"));
  CHECK_FALSE(fs::exists(here / "run"));

  put_images(installed);
  const Outcome beside = train();
  INFO(beside.err);
  REQUIRE(beside.code == 0);
  CHECK_THAT(slurp(here / "run/run.json"), ContainsSubstring((installed / "train-images-idx3-ubyte").string()));
  CHECK(evaluate().code == 0);

  put_images(here / "data/mnist");
  CHECK(train().code == 0);
  CHECK_THAT(slurp(here / "run/run.json"), ContainsSubstring((here / "data/mnist/t10k-images-idx3-ubyte").string()));
  CHECK(evaluate().code == 0);
}
