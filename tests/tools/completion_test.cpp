#include <cstdio>
#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temp_folder.hpp"

namespace {

std::string printed(const std::vector<std::string>& arguments) {
  const Outcome outcome = run_program(arguments);
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  return outcome.out;
}

/// The words that bash offers for the last one.
std::string offered(const std::string& words, int last) {
  const TempFolder folder;
  const std::string script = folder / "script";
  std::ofstream(script) << printed({"completion", "bash"}) << "COMP_WORDS=(" << words << ")\nCOMP_CWORD=" << last
                        << "\n_dae_cuda\necho \"${COMPREPLY[*]}\" > '" << (folder / "offered").string() << "'\n";
  REQUIRE(std::system(("bash '" + script + "'").c_str()) == 0);
  std::string line;
  std::ifstream result(folder / "offered");
  std::getline(result, line);
  return line;
}

}  // namespace

TEST_CASE("bash completes commands, flags and the words that a flag takes", "[cli][completion]") {
  CHECK(offered("dae-cuda tr", 1) == "train");
  CHECK(offered("dae-cuda train --bat", 2) == "--batch");
  CHECK(offered("dae-cuda train --noise-draw fr", 3) == "fresh");
  CHECK(offered("dae-cuda summary --model conv-dae-1", 3) == "conv-dae-16");
}

TEST_CASE("completions and the manual page know every flag of the help", "[cli][completion]") {
  const std::string zsh = printed({"completion", "zsh"}), fish = printed({"completion", "fish"}),
                    man = printed({"man"});
  for (const char* flag : {"epochs", "noise-draw", "no-clip", "stop-after-steps", "json"}) {
    INFO(flag);
    CHECK(zsh.find("--" + std::string(flag) + "[") != std::string::npos);
    CHECK(fish.find(" -l " + std::string(flag) + " ") != std::string::npos);
  }
  CHECK(man.find("\\fB\\-\\-stop\\-after\\-steps\\fR \\fIN\\fR") != std::string::npos);
  const Outcome wrong = run_program({"completion", "tcsh"});
  CHECK(wrong.code == 2);
  CHECK(wrong.err == "dae-cuda: completion needs bash, zsh or fish, not 'tcsh'\n");
}
