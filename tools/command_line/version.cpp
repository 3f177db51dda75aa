#include "tools/command_line/version.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>

#include "tools/command_line/command_line.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"

namespace dae {

std::string program_version() { return DAE_VERSION; }
std::string git_commit() { return DAE_GIT_COMMIT; }
std::string build_type() { return DAE_BUILD_TYPE; }

std::string compiler() {
#ifdef __clang__
  return fmt::format("clang++ {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
  return fmt::format("g++ {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
}

std::string version_line() {
  return fmt::format("dae-cuda {} (git {}), {}, {}", program_version(), git_commit(), compiler(), build_type());
}

nlohmann::ordered_json describe_program() {
  nlohmann::ordered_json program = {
      {"name", "dae-cuda"},         {"version", program_version()},
      {"git_commit", git_commit()}, {"compiler", compiler()},
      {"build_type", build_type()}, {"started", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))}};
  // It changes what NVIDIA's libraries compute.
  if (const char* tf32 = std::getenv("NVIDIA_TF32_OVERRIDE")) program["NVIDIA_TF32_OVERRIDE"] = tf32;
  return program;
}

void add_version(CommandLine& line) {
  line.add("version", "Show version, build and licences", [](const Flags&) {
    print_out("{}\n", version_line());
    print_out(
        "licence: Apache-2.0; uses fmt (MIT), CLI11 (BSD-3-Clause), nlohmann-json (MIT), zlib, libpng, libjpeg-turbo "
        "(BSD-3-Clause), libtiff, libwebp (BSD-3-Clause), protobuf (BSD-3-Clause), ONNX (Apache-2.0)\n");
    return exit_code::ok;
  });
}

}  // namespace dae
