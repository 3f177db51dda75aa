// The whole program, killed at random moments.
#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include "host/files/csv_log.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/tiny_run.hpp"

namespace {

const std::vector<std::string> length = {"--epochs", "30", "--quiet"};

/// Starts the run or goes on with it, and kills it after a while. True when it came to its end before.
bool run_and_kill(const std::filesystem::path& out, std::chrono::milliseconds after) {
  const bool resume = std::filesystem::exists(out / "last.safetensors");
  const std::vector<std::string> go_on = {"train", "--resume", "--quiet", "--out", out};
  Program program(resume ? go_on : tiny_run(out, length));
  std::this_thread::sleep_for(after);
  program.signal(SIGKILL);
  const Outcome outcome = program.wait();
  INFO(outcome.err);
  CHECK((outcome.code == 0 || outcome.code == 128 + SIGKILL));
  return outcome.code == 0;
}

}  // namespace

TEST_CASE("a run that is killed at 50 random moments ends with the same bytes", "[cli][kill]") {
  const TempFolder folder;
  train_tiny(folder / "whole", length);
  std::mt19937 random(1);
  int kills = 0;
  for (int run = 0; kills < 50; ++run) {
    const std::filesystem::path out = folder / ("run" + std::to_string(run));
    while (!run_and_kill(out, std::chrono::milliseconds(random() % 500))) ++kills;
    CHECK(slurp(out / "last.safetensors") == slurp(folder / "whole" / "last.safetensors"));
    CHECK(slurp(out / "best.safetensors") == slurp(folder / "whole" / "best.safetensors"));
    CHECK(dae::read_csv(out / "history.csv").size() == 30);
    CHECK(dae::read_csv(out / "steps.csv").size() == 180);
    for (const auto& entry : std::filesystem::directory_iterator(out)) CHECK(entry.path().extension() != ".tmp");
  }
}
