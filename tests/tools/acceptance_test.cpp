// tools/gpu-acceptance and tools/profile with a program that only pretends: what they conclude, and how they end.
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"

namespace {

namespace fs = std::filesystem;

// FAKE_GPU: there is one. FAKE_ERROR: what its losses are off by.
constexpr const char* fake_program = R"(#!/usr/bin/env bash
out='' device=cpu command=$1
while [[ $# -gt 0 ]]; do
  case $1 in
    --out) out=$2 ;;
    --device) device=$2 ;;
    --properties)
      [[ -n ${FAKE_GPU:-} ]] || { echo 'dae-cuda: no card in this test' >&2; exit 5; }
      printf '{\n "deviceName": "Fake 9000 PCIe",\n "deviceVer": 900\n}\n'
      exit 0 ;;
  esac
  shift
done
error=0
[[ $device == cpu ]] || error=${FAKE_ERROR:-0}
case $command in
  doctor) [[ -n ${FAKE_GPU:-} ]] || exit 5 ;;
  train)
    mkdir -p "$out"
    awk -v e="$error" 'BEGIN { print "step,epoch,loss,lr,images_per_s"
      for (i = 1; i <= 20; ++i) printf "%d,1,%.7f,0.001,1\n", i, 0.5 + e }' >"$out/steps.csv"
    echo same >"$out/last.safetensors"
    awk -v e="$error" 'BEGIN { printf "{\"event\":\"epoch\",\"val_loss\":%.7f,\"seconds\":0.5,\"images_per_s\":9}\n", 0.11 + e }' ;;
  profile) echo '{"captured_nodes":40,"replayed":{"ms_per_step":0.5,"images_per_s":256000.5}}' ;;
  *) echo "pretended $command" ;;
esac
)";

struct Ended {
  int code;
  std::string text;
};

/// A copy of the scripts beside a program that pretends.
class Scripts {
 public:
  Scripts() {
    fs::create_directories(folder_ / "tools");
    for (const char* name : {"gpu-acceptance", "acceptance", "profile"})
      fs::copy(fs::path(DAE_SOURCE_DIR) / "tools" / name, folder_ / "tools" / name, fs::copy_options::recursive);
    fs::create_directories(folder_ / "pack");
    for (const char* name : {"dae-cuda", "dae-tests"}) {
      std::ofstream(folder_ / "pack" / name) << fake_program;
      fs::permissions(folder_ / "pack" / name, fs::perms::owner_all);
    }
  }

  Ended run(const std::string& line) const {
    const fs::path log = folder_ / "log";
    const int status =
        std::system(("cd '" + folder_.path().string() + "' && " + line + " >'" + log.string() + "' 2>&1").c_str());
    return {WEXITSTATUS(status), slurp(log)};
  }
  Ended accept(const std::string& words, const std::string& environment = "") const {
    return run(environment + " tools/gpu-acceptance --prebuilt pack --quick " + words);
  }
  [[nodiscard]] const TempFolder& folder() const { return folder_; }

 private:
  TempFolder folder_;
};

}  // namespace

TEST_CASE("acceptance passes a device that agrees, and writes report and fixture", "[cli][acceptance]") {
  const Scripts scripts;
  const Ended ended = scripts.accept("train bench report", "FAKE_GPU=1 FAKE_ERROR=5e-5");
  INFO(ended.text);
  CHECK(ended.code == 0);
  CHECK_THAT(ended.text, ContainsSubstring("largest distance of a step's loss from the CPU device's: 5e-05"));
  CHECK_THAT(ended.text, ContainsSubstring("0.5 ms a step, 256000 images/s, graph of 40 nodes"));
  CHECK(fs::exists(scripts.folder() / "tests/cusim/plans/devices/sm90-fake-9000-pcie.json"));
  std::string report;
  for (const auto& entry : fs::directory_iterator(scripts.folder() / "docs/gpu-reports")) report = slurp(entry.path());
  CHECK_THAT(report, ContainsSubstring("Stage train") && ContainsSubstring("--precision bf16") &&
                         ContainsSubstring("conv-dae-16-20-steps-agree"));

  const Ended again = scripts.accept("train bench", "FAKE_GPU=1");
  CHECK(again.code == 0);
  CHECK_THAT(again.text, ContainsSubstring("done before"));
}

TEST_CASE("acceptance fails a device whose losses are off", "[cli][acceptance]") {
  const Scripts scripts;
  const Ended ended = scripts.accept("train report", "FAKE_GPU=1 FAKE_ERROR=2e-4");
  INFO(ended.text);
  CHECK(ended.code == 1);
  CHECK_THAT(ended.text, ContainsSubstring("failed    conv-dae-32-20-steps-agree"));
  CHECK_THAT(scripts.accept("train", "FAKE_GPU=1 FAKE_ERROR=1e-2").text, !ContainsSubstring("agrees"));  // done before
  fs::remove_all(scripts.folder() / "runs");
  CHECK_THAT(scripts.accept("train", "FAKE_GPU=1 FAKE_ERROR=1e-2").text,
             ContainsSubstring("failed    conv-dae-32-2-epochs-tf32-agrees"));
}

TEST_CASE("acceptance says that there is no GPU and ends with 5", "[cli][acceptance]") {
  const Scripts scripts;
  const Ended ended = scripts.accept("build test sanitize train bench report");
  INFO(ended.text);
  CHECK(ended.code == 5);
  CHECK_THAT(ended.text, ContainsSubstring("NO GPU: no card in this test"));
  CHECK_FALSE(fs::exists(scripts.folder() / "docs/gpu-reports"));
  CHECK_THAT(slurp(scripts.folder() / "runs/acceptance/report.md"), ContainsSubstring("Nothing here ran on one"));
}

TEST_CASE("a check that skips itself or lacks a library is reported as not possible", "[cli][acceptance]") {
  const Scripts scripts;
  for (const auto& [name, line] :
       {std::pair{"skipping-documented", "echo 'skipped: no card'; exit 77"},
        {"loading-documented", "echo 'x: error while loading shared libraries: y'; exit 127"},
        {"crashing-documented", "echo 'no such command'; exit 127"}}) {
    std::ofstream(scripts.folder() / "pack" / name) << "#!/bin/sh\n" << line << '\n';
    fs::permissions(scripts.folder() / "pack" / name, fs::perms::owner_all);
  }
  const Ended ended = scripts.accept("test", "FAKE_GPU=1");
  INFO(ended.text);
  CHECK(ended.code == 1);
  for (const char* line : {"missing   skipping-documented ", "missing   loading-documented ", " skipped: no card",
                           " x: error while loading shared libraries: y", "failed    crashing-documented "})
    CHECK_THAT(ended.text, ContainsSubstring(line));
}

TEST_CASE("acceptance goes on where its time ran out", "[cli][acceptance]") {
  const Scripts scripts;
  const Ended ended = scripts.accept("--stage-seconds 3 bench", "FAKE_GPU=1");
  INFO(ended.text);
  CHECK(ended.code == 3);
  CHECK_THAT(ended.text, ContainsSubstring("left over step-fp32-128"));
  CHECK(scripts.accept("bench", "FAKE_GPU=1").code == 0);
}

TEST_CASE("the scripts refuse what they do not know", "[cli][acceptance]") {
  const Scripts scripts;
  CHECK(scripts.run("tools/gpu-acceptance --device gpu").code == 2);
  CHECK(scripts.run("tools/gpu-acceptance --frobnicate").code == 2);
  CHECK(scripts.run("tools/gpu-acceptance pack").code == 2);
  CHECK(scripts.run("tools/gpu-acceptance --prebuilt tools").code == 2);
  CHECK(scripts.run("DAE_PROGRAM=pack/dae-cuda tools/profile everything").code == 2);
  const Ended no_tool = scripts.run("PATH=/usr/bin:/bin DAE_PROGRAM=pack/dae-cuda tools/profile ncu");
  const bool has_tool = std::system("PATH=/usr/bin:/bin command -v ncu >/dev/null") == 0;
  if (!has_tool) CHECK(no_tool.code == 3);
}

TEST_CASE("profile calls NVIDIA's profilers for each window, between start and stop", "[cli][profile]") {
  const Scripts scripts;
  const Ended ended = scripts.run("DAE_DRY_RUN=1 DAE_PROGRAM=pack/dae-cuda tools/profile nsys --batch 512");
  INFO(ended.text);
  CHECK(ended.code == 0);
  CHECK_THAT(ended.text, ContainsSubstring("--capture-range=cudaProfilerApi --capture-range-end=stop") &&
                             ContainsSubstring("--window eager --batch 512") &&
                             ContainsSubstring("--window replayed --batch 512"));
  CHECK_THAT(scripts.run("DAE_DRY_RUN=1 DAE_PROGRAM=pack/dae-cuda tools/profile ncu").text,
             ContainsSubstring("--profile-from-start off") && ContainsSubstring("--window eager --steps 1"));
}
