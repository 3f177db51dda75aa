// A program whose libdae-cuda.so is missing or cannot be used. tests/cusim/tests/doctor_test.cpp has what that finds.
#include <dlfcn.h>
#include <zlib.h>

#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temp_folder.hpp"

namespace {

namespace fs = std::filesystem;

/// A copy of the program in a folder of its own.
struct Copy {
  TempFolder folder;
  fs::path bin = folder / "bin";
  Surroundings surroundings{.program = bin / "dae-cuda"};

  Copy() {
    fs::create_directory(bin);
    fs::copy_file(DAE_PROGRAM, surroundings.program);
  }
};

/// The reason that `doctor` gives for using no GPU: "cause; remedy". Checks that it ends with the code for it, that
/// `--device 0` does so too and says the same, and that `auto` takes the CPU and says why.
std::string checked_cause(const Surroundings& surroundings) {
  const Outcome doctor = run_program({"doctor"}, surroundings);
  INFO(doctor.out << doctor.err);
  CHECK(doctor.code == 5);
  const std::string before = "Training does not run on a GPU: ", between = ".\nRemedy: ", behind = ".\n";
  const std::size_t start = doctor.out.find(before), middle = doctor.out.find(between), end = doctor.out.rfind(behind);
  REQUIRE(start != std::string::npos);
  REQUIRE(middle != std::string::npos);
  const std::size_t what = start + before.size(), remedy = middle + between.size();
  const std::string cause = doctor.out.substr(what, middle - what) + "; " + doctor.out.substr(remedy, end - remedy);

  const TempFolder folder;
  const auto profile = [&](const char* device) {
    return run_program({"profile", "--device", device, "--model", "conv-dae-16", "--batch", "1", "--steps", "1",
                        "--window", "replayed", "--out", folder / "trace.json"},
                       surroundings);
  };
  const Outcome zero = profile("0"), automatic = profile("auto");
  CHECK(zero.code == 5);
  CHECK_THAT(zero.err, ContainsSubstring("CUDA device 0 cannot be used: " + cause));
  CHECK(automatic.code == 0);
  CHECK_THAT(automatic.out, ContainsSubstring("Device: CPU") && ContainsSubstring(cause));
  return cause;
}

}  // namespace

TEST_CASE("device 0 fails as doctor says where libdae-cuda.so is missing or is no library of ours",
          "[cli][cuda_diagnosis]") {
  const Copy copy;
  CHECK_THAT(checked_cause(copy.surroundings), ContainsSubstring("built without its CUDA device"));
  const fs::path library = copy.folder.put("bin/libdae-cuda.so", "no library");
  CHECK_THAT(checked_cause(copy.surroundings), ContainsSubstring("libdae-cuda.so cannot be used: "));
  // Any library will do that has not our one function.
  Dl_info zlib{};
  REQUIRE(dladdr(reinterpret_cast<const void*>(&zlibVersion), &zlib) != 0);
  fs::copy_file(zlib.dli_fname, library, fs::copy_options::overwrite_existing);
  CHECK_THAT(checked_cause(copy.surroundings), ContainsSubstring("is of another build of this program"));
}
