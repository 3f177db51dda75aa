#include "tools/command_line/commands.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"
#include "tools/command_line/version_info.hpp"

namespace dae {

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
