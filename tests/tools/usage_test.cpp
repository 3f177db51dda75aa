// Bad flags and files: the right exit code, one line on standard error, nothing on standard output.
#include <algorithm>

#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/tiny_run.hpp"

namespace {

void check_refused(const std::vector<std::string>& arguments, int code, const std::string& word) {
  const Outcome outcome = run_program(arguments);
  std::string line;
  for (const std::string& argument : arguments) line += argument + " ";
  INFO(line << "\n" << outcome.err);
  CHECK(outcome.code == code);
  CHECK(outcome.error_lines() == 1);
  CHECK(outcome.err.starts_with("dae-cuda: "));
  CHECK(outcome.err.find(word) != std::string::npos);
  CHECK(outcome.out.empty());
}

}  // namespace

TEST_CASE("help explains the program and every command", "[cli]") {
  const Outcome all = run_program({"--help"});
  CHECK(all.code == 0);
  for (const char* command : {"train", "evaluate", "denoise", "devices", "summary", "bench", "version"}) {
    CHECK(all.out.find(command) != std::string::npos);
    const Outcome one = run_program({command, "--help"});
    CHECK(one.code == 0);
    CHECK(one.out.find("Usage:") != std::string::npos);
    CHECK(one.err.empty());
  }
  const std::string train = run_program({"train", "--help"}).out;
  for (const char* flag : {"--model", "--train-data", "--val-data", "--epochs", "--batch", "--lr", "--noise",
                           "--noise-draw", "--clip", "--no-clip", "--seed", "--device", "--threads", "--out",
                           "--resume", "--limit", "--stop-after-steps", "--quiet"}) {
    INFO(flag);
    CHECK(train.find(flag) != std::string::npos);
  }
}

TEST_CASE("unknown commands, flags and words are refused with the nearest", "[cli]") {
  check_refused({}, 2, "train, evaluate");
  check_refused({"trian"}, 2, "'train'");
  check_refused({"train", "--epoch", "2"}, 2, "'--epochs'");
  check_refused({"train", "--epoch=2"}, 2, "'--epochs'");
  check_refused({"train", "--frobnicate"}, 2, "'--frobnicate'");
  check_refused({"train", "extra"}, 2, "'extra'");
  check_refused({"train", "--noise-draw", "statik"}, 2, "'static'");
  check_refused({"train", "--model", "conv-dae-23"}, 2, "conv-dae-32");
  check_refused({"evaluate", "--chekpoint", "x"}, 2, "'--checkpoint'");
  check_refused({"evaluate"}, 2, "--checkpoint");
  check_refused({"denoise", "--checkpoint", "x", "--out", "y"}, 2, "denoise");
  check_refused({"train", "--device", "gpu"}, 2, "gpu");
  check_refused({"train", "--device", "-1"}, 2, "--device");
  check_refused({"train", "--precision", "fp16"}, 2, "bf16");
  check_refused({"train", "--workspace-mb", "-1"}, 2, "--workspace-mb");
  check_refused({"train", "--epochs"}, 2, "--epochs needs a value");
  check_refused({"train", "--quiet=7"}, 2, "--quiet takes no value");
  check_refused({"train", "--out", ""}, 2, "--out");
  check_refused({"train", "--resume", "--overwrite"}, 2, "--overwrite");
  check_refused({"devices", "version"}, 2, "version");
}

TEST_CASE("numbers are checked to the last character", "[cli]") {
  for (const char* flag : {"--epochs", "--batch", "--limit", "--stop-after-steps"}) {
    for (const char* value : {"0", "-1", "x", "", "1.5", "3x", "99999999999999999999999", "nan", " 2", "0x10"}) {
      check_refused({"train", flag, value}, 2, flag);
    }
  }
  for (const char* value : {"0", "-0.001", "nan", "inf", "-inf", "1e99", "1e-99", "0.001x", "1,5", ""}) {
    check_refused({"train", "--lr", value}, 2, "--lr");
  }
  for (const char* value : {"-0.5", "nan", "inf", "1e30", "half"}) {
    check_refused({"train", "--noise", value}, 2, "--noise");
  }
  check_refused({"train", "--seed", "-1"}, 2, "--seed");
  check_refused({"train", "--seed", "18446744073709551616"}, 2, "--seed");
  check_refused({"train", "--threads", "-2"}, 2, "--threads");
  check_refused({"train", "--threads", "1000000"}, 2, "--threads");
  check_refused({"summary", "--input", "28x28"}, 2, "--input");
  check_refused({"summary", "--input", "28x28x1x1"}, 2, "--input");
  check_refused({"summary", "--input", "0x28x1"}, 2, "--input");
}

TEST_CASE("a flag given twice is refused", "[cli]") {
  check_refused({"train", "--epochs", "2", "--epochs", "3"}, 2, "--epochs is given more than once");
}

TEST_CASE("files that are not what they should be", "[cli]") {
  const TempFolder folder;
  const std::string data = DAE_DATA "/mnist", text = folder.put("text", "no such thing\n");
  const std::string out = folder / "out", missing = folder / "missing";
  check_refused({"train", "--train-data", missing, "--out", out}, 3, "missing");
  check_refused({"train", "--train-data", text, "--val-data", data, "--out", out}, 3, "text");
  check_refused({"train", "--train-data", folder.path(), "--val-data", data, "--out", out}, 3, "train-images");
  check_refused({"train", "--model", text, "--out", out}, 3, "text");
  check_refused({"train", "--resume", "--out", out}, 3, "last.safetensors");
  check_refused({"evaluate", "--checkpoint", missing}, 3, "missing");
  check_refused({"evaluate", "--checkpoint", text}, 3, "text");
  check_refused({"denoise", "--checkpoint", text, text, "--out", out}, 3, "text");
  check_refused({"train", "--resume", "--model", "conv-dae-16", "--out", out}, 3, "last.safetensors");
  CHECK(folder.names() == std::vector<std::string>{"text"});
}

TEST_CASE("a network that cannot be trained is refused before a folder is made", "[cli]") {
  const TempFolder folder;
  const std::string start =
      R"({"name":"m","layers":[{"type":"Input","name":"i"},{"type":"Conv2d","name":"c","filters":)";
  const std::string open_end = folder.put("open_end.json", start + "1}]}");
  const std::string two_channels = folder.put("two.json", start + R"(2},{"type":"Sigmoid","name":"s"}]})");
  for (const auto& [file, word] : {std::pair{open_end, "Sigmoid"}, {two_channels, "28x28x2"}}) {
    check_refused({"train", "--model", file, "--train-data", DAE_DATA "/mnist", "--val-data", DAE_DATA "/mnist",
                   "--loss", "bce", "--limit", "20", "--out", folder / "out", "--quiet"},
                  3, word);
  }
  CHECK(folder.names().size() == 2);
}

TEST_CASE("the CPU refuses a precision that it has not, and leaves no folder", "[cli]") {
  const TempFolder folder;
  for (const char* precision : {"tf32", "bf16"})
    check_refused(tiny_run(folder / "out", {"--quiet", "--precision", precision}), 2, "--precision");
  CHECK(folder.names().empty());
}

TEST_CASE("a device that is not there is an error", "[cli]") {
  const TempFolder folder;
  check_refused(tiny_run(folder / "out", {"--quiet", "--device", "99"}), 2, "--device");  // given twice
  check_refused({"train", "--device", "99", "--train-data", DAE_DATA "/mnist", "--val-data", DAE_DATA "/mnist", "--out",
                 folder / "out"},
                5, "99");
  CHECK(folder.names().empty());
}

TEST_CASE("outputs that cannot be written", "[cli]") {
  const TempFolder folder;
  const std::string file = folder.put("file", "");
  check_refused(tiny_run(file, {"--quiet"}), 4, "file");
  check_refused(tiny_run(file + "/below", {"--quiet"}), 4, "file");
  check_refused(tiny_run("/proc/self/run", {"--quiet"}), 4, "/proc");
}

TEST_CASE("who reads the output may go away", "[cli]") {
  Program program({"summary"});
  program.close_output();
  const Outcome outcome = program.wait();
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
}

TEST_CASE("version, devices and summary print what they should", "[cli]") {
  const Outcome version = run_program({"version"});
  CHECK(version.code == 0);
  CHECK(version.out.starts_with("dae-cuda 0."));
  CHECK(version.out.find("Apache-2.0") != std::string::npos);
  CHECK(version.out.starts_with(run_program({"--version"}).out));
  const Outcome devices = run_program({"devices"});
  CHECK(devices.code == 0);
  CHECK(devices.out.find("(chosen)") != std::string::npos);
  CHECK(devices.out.find("CUDA") != std::string::npos);
  const Outcome baseline = run_program({"devices"}, {.environment = {{"DAE_CPU_ISA", "baseline"}}});
  CHECK(baseline.out.find("baseline (chosen)") != std::string::npos);
  const Outcome summary = run_program({"summary", "--model", "conv-dae-32"});
  CHECK(summary.out.find("28,353") != std::string::npos);
  CHECK(summary.out.find("4,515,840") != std::string::npos);
  CHECK(run_program({"summary", "--model", "conv-dae-32", "--input", "56x56x1"}).out.find("18,063,360") !=
        std::string::npos);
}
