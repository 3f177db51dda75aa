#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>

#include "host/checkpoint/checkpoint.hpp"
#include "host/files/csv_log.hpp"
#include "host/images/formats.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/small_disk.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/tiny_run.hpp"

using namespace dae;
using nlohmann::json;

namespace {

std::string last(const std::filesystem::path& out) { return slurp(out / "last.safetensors"); }
std::string best(const std::filesystem::path& out) { return slurp(out / "best.safetensors"); }

}  // namespace

TEST_CASE("train writes everything that a run has to hold", "[cli][train]") {
  const TempFolder folder;
  const std::filesystem::path out = folder / "run";
  const Outcome outcome = run_program(tiny_run(out));
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK(outcome.err.empty());
  const TempFolder& names = folder;
  CHECK(names.names() == std::vector<std::string>{"run"});
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(out)) files.push_back(entry.path().filename());
  std::sort(files.begin(), files.end());
  CHECK(files == std::vector<std::string>{"best.safetensors", "history.csv", "last.safetensors", "loss.svg",
                                          "report.html", "run.json", "samples.png", "steps.csv"});
  CHECK(read_csv(out / "history.csv").size() == 2);
  CHECK(read_csv(out / "steps.csv").size() == 12);
  CHECK(slurp(out / "loss.svg").find("floor") != std::string::npos);
  CHECK(slurp(out / "loss.svg").find("notebook") == std::string::npos);  // not the default recipe
  CHECK(read_png(out / "samples.png").shape == Shape{1, 3 * 120 + 8, 10 * 120 + 8, 1});
  for (const char* text : {"CPU", "5,489", "epoch 1/2: loss", "epoch 2/2: loss", "val_loss", "floor", "PSNR",
                           "noisy input", "images/s", "ETA", "memory: weights and optimizer"}) {
    INFO(text);
    CHECK(outcome.out.find(text) != std::string::npos);
  }
  CHECK(outcome.out.find('\r') == std::string::npos);  // no terminal, no redrawing
  CHECK(outcome.out.find('\x1b') == std::string::npos);
}

TEST_CASE("run.json holds what is needed to repeat the run", "[cli][train]") {
  const TempFolder folder;
  train_tiny(folder / "run", {"--seed", "7", "--lr", "0.002", "--no-clip", "--deterministic", "--workspace-mb", "64"});
  const json record = json::parse(slurp(folder / "run" / "run.json"));
  CHECK(record["settings"]["seed"] == 7);
  CHECK(record["settings"]["lr"] == 0.002);
  CHECK(record["settings"]["clip"] == false);
  CHECK(record["settings"]["precision"] == "fp32");
  CHECK(record["settings"]["deterministic"] == true);
  CHECK(record["settings"]["workspace-mb"] == 64);
  CHECK(record["settings"]["model"] == "conv-dae-16");
  CHECK(record["settings"]["limit"] == 90);
  CHECK(record["data"]["validation"]["images"] == 90);
  // sha256sum data/mnist/t10k-images-idx3-ubyte.gz
  CHECK(record["data"]["validation"]["sha256"].get<std::string>().size() == 64);
  CHECK(record["data"]["validation"]["bytes"] == 1616508);
  CHECK(record["model"]["parameters"] == 5489);
  CHECK(record["result"]["end"] == "finished");
  CHECK(record["result"]["steps"] == 12);
  CHECK(record["program"]["version"].get<std::string>().starts_with("0."));
}

TEST_CASE("the same seed gives the same bytes on any number of threads, another seed does not",
          "[cli][train][threads]") {
  const TempFolder folder;
  train_tiny(folder / "one", {"--threads", "1"});
  for (const char* threads : {"2", "5"}) {
    train_tiny(folder / threads, {"--threads", threads});
    CHECK(last(folder / threads) == last(folder / "one"));
    CHECK(best(folder / threads) == best(folder / "one"));
  }
  train_tiny(folder / "other", {"--seed", "2"});
  CHECK(last(folder / "other") != last(folder / "one"));
}

TEST_CASE("stopped and resumed is the same as not stopped", "[cli][train]") {
  const TempFolder folder;
  train_tiny(folder / "whole");
  const char* const steps = GENERATE("1", "6", "9");
  train_tiny(folder / "part", {"--stop-after-steps", steps});
  CHECK(last(folder / "part") != last(folder / "whole"));
  // Everything but the folder is taken from the run itself.
  const Outcome resumed = run_program({"train", "--resume", "--quiet", "--out", folder / "part"});
  INFO(resumed.err);
  REQUIRE(resumed.code == 0);
  CHECK(last(folder / "part") == last(folder / "whole"));
  CHECK(best(folder / "part") == best(folder / "whole"));
  CHECK(read_csv(folder / "part" / "steps.csv").size() == 12);
  CHECK(read_csv(folder / "part" / "history.csv").size() == 2);
}

TEST_CASE("every optimizer, schedule and average goes on where it was stopped", "[cli][train]") {
  const TempFolder folder;
  const std::vector<std::string> recipe = GENERATE(
      std::vector<std::string>{"--optimizer", "sgd", "--schedule", "cosine", "--warmup", "3", "--loss", "l1"},
      std::vector<std::string>{"--optimizer", "adamw", "--schedule", "one-cycle", "--ema", "0.9", "--loss", "ssim"},
      std::vector<std::string>{"--schedule", "step", "--drop-every", "4", "--clip-norm", "0.01", "--ema", "0.5"});
  train_tiny(folder / "whole", recipe);
  std::vector<std::string> stopped = recipe;
  stopped.insert(stopped.end(), {"--stop-after-steps", "7"});
  train_tiny(folder / "part", stopped);
  const Outcome resumed = run_program({"train", "--resume", "--quiet", "--out", folder / "part"});
  INFO(resumed.err);
  REQUIRE(resumed.code == 0);
  CHECK(last(folder / "part") == last(folder / "whole"));
  CHECK(best(folder / "part") == best(folder / "whole"));
  train_tiny(folder / "plain");
  CHECK(last(folder / "plain") != last(folder / "whole"));
}

TEST_CASE("Ctrl-C and SIGTERM save the state and exit with 130", "[cli][train]") {
  const TempFolder folder;
  train_tiny(folder / "whole", {"--epochs", "60"});
  ::Program program(tiny_run(folder / "part", {"--epochs", "60"}));
  REQUIRE(program.wait_for("epoch 2/60: "));
  program.signal(GENERATE(SIGINT, SIGTERM));
  const Outcome outcome = program.wait();
  CHECK(outcome.code == 130);
  CHECK(outcome.out.find("--resume") != std::string::npos);
  CHECK(load_checkpoint(folder / "part" / "last.safetensors").step >= 12);
  CHECK(load_checkpoint(folder / "part" / "last.safetensors").step < 360);
  const Outcome resumed = run_program({"train", "--resume", "--quiet", "--out", folder / "part"});
  CHECK(resumed.code == 0);
  CHECK(last(folder / "part") == last(folder / "whole"));
}

TEST_CASE("a run is not overwritten by mistake", "[cli][train]") {
  const TempFolder folder;
  train_tiny(folder / "run");
  const std::string before = last(folder / "run");
  const Outcome again = run_program(tiny_run(folder / "run", {"--seed", "2"}));
  CHECK(again.code == 2);
  CHECK(again.error_lines() == 1);
  CHECK(again.err.find("--resume") != std::string::npos);
  CHECK(again.err.find("--overwrite") != std::string::npos);
  CHECK(last(folder / "run") == before);
  train_tiny(folder / "run", {"--seed", "2", "--overwrite", "--epochs", "1"});
  CHECK(read_csv(folder / "run" / "history.csv").size() == 1);
}

TEST_CASE("a run is not resumed with other settings", "[cli][train]") {
  const TempFolder folder;
  train_tiny(folder / "run", {"--stop-after-steps", "3"});
  const std::string before = last(folder / "run");
  for (const auto& [flag, value] : {std::pair{"--batch", "8"},
                                    {"--lr", "0.5"},
                                    {"--seed", "3"},
                                    {"--noise", "0.1"},
                                    {"--noise-draw", "fresh"},
                                    {"--limit", "80"},
                                    {"--model", "conv-dae-32"}}) {
    const Outcome outcome = run_program({"train", "--resume", "--quiet", "--out", folder / "run", flag, value});
    INFO(flag << ": " << outcome.err);
    CHECK(outcome.code == 2);
    CHECK(outcome.error_lines() == 1);
    const std::string named = std::string(flag) == "--limit" ? "--train-data" : flag;
    CHECK(outcome.err.find(named) != std::string::npos);
  }
  CHECK(last(folder / "run") == before);
}

TEST_CASE("two runs do not write into one folder", "[cli][train]") {
  const TempFolder folder;
  ::Program first(tiny_run(folder / "run", {"--epochs", "100000"}));
  REQUIRE(first.wait_for("epoch 1/100000: "));
  const Outcome second = run_program(tiny_run(folder / "run", {"--overwrite", "--quiet"}));
  CHECK(second.code == 4);
  CHECK(second.error_lines() == 1);
  first.signal(SIGKILL);
  CHECK(first.wait().code == 128 + SIGKILL);
  // A killed run leaves no lock behind.
  CHECK(run_program(tiny_run(folder / "run", {"--overwrite", "--quiet"})).code == 0);
}

TEST_CASE("a run that diverges stops with the step's number and keeps its last good state", "[cli][train]") {
  const TempFolder folder;
  const Outcome outcome = run_program(tiny_run(folder / "run", {"--lr", "1e6", "--quiet", "--epochs", "50"}));
  INFO(outcome.err);
  CHECK(outcome.code == 7);
  CHECK(outcome.error_lines() == 1);
  CHECK(outcome.err.find("step ") != std::string::npos);
  CHECK_NOTHROW(load_checkpoint(folder / "run" / "last.safetensors"));
}

TEST_CASE("training goes on when nobody reads its output any longer", "[cli][train]") {
  const TempFolder folder;
  ::Program program(tiny_run(folder / "run"));
  program.close_output();
  CHECK(program.wait().code == 0);
  CHECK(read_csv(folder / "run" / "history.csv").size() == 2);
}

TEST_CASE("quiet is quiet", "[cli][train]") {
  const TempFolder folder;
  const Outcome outcome = run_program(tiny_run(folder / "run", {"--quiet"}));
  CHECK(outcome.code == 0);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.empty());
}

TEST_CASE("a folder that cannot take the files ends the run with one line", "[cli][train]") {
  const TempFolder folder;
  SECTION("a file that grows beyond what is allowed, as on a full disk") {
    const Outcome outcome = run_program(tiny_run(folder / "run", {"--quiet"}), {.largest_file = 50'000});
    INFO(outcome.err);
    CHECK(outcome.code == 4);
    CHECK(outcome.error_lines() == 1);
    CHECK(outcome.err.find("last.safetensors") != std::string::npos);
  }
  SECTION("a file system that is full") {
    const SmallDisk small(folder / "small", 100'000);
    if (!small.mounted()) return;  // only root may mount
    const Outcome outcome = run_program(tiny_run(folder / "small" / "run", {"--quiet"}));
    INFO(outcome.err);
    CHECK(outcome.code == 4);
    CHECK(outcome.error_lines() == 1);
    CHECK(outcome.err.find("No space left on device") != std::string::npos);
    for (const auto& entry : std::filesystem::directory_iterator(folder / "small" / "run"))
      if (entry.path().extension() == ".safetensors") CHECK_NOTHROW(load_checkpoint(entry.path()));
  }
  SECTION("taken away while the run is going on") {
    ::Program program(tiny_run(folder / "run", {"--epochs", "100000"}));
    REQUIRE(program.wait_for("epoch 1/100000: "));
    std::filesystem::rename(folder / "run", folder / "elsewhere");
    const Outcome outcome = program.wait();
    INFO(outcome.err);
    CHECK(outcome.code == 4);
    CHECK(outcome.error_lines() == 1);
  }
  SECTION("a folder where a file is due") {
    std::filesystem::create_directories(folder / "run" / "loss.svg" / "full");
    const Outcome outcome = run_program(tiny_run(folder / "run", {"--quiet"}));
    CHECK(outcome.code == 4);
    CHECK(outcome.error_lines() == 1);
    CHECK_NOTHROW(load_checkpoint(folder / "run" / "last.safetensors"));
  }
}

TEST_CASE("too little memory is said, not suffered", "[cli][train]") {
#if !defined(__SANITIZE_ADDRESS__)
  const TempFolder folder;
  const Outcome outcome =
      run_program({"train", "--train-data", DAE_DATA "/mnist", "--val-data", DAE_DATA "/mnist", "--limit", "30000",
                   "--device", "cpu", "--threads", "1", "--out", folder / "run", "--quiet"},
                  {.memory = 40'000'000});
  INFO(outcome.err);
  CHECK(outcome.code == 6);
  CHECK(outcome.error_lines() == 1);
#endif
}
