#include "tools/command_line/version_info.hpp"

#include <fmt/format.h>

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

}  // namespace dae
