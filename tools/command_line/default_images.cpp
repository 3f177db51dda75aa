#include "tools/command_line/default_images.hpp"

#include <filesystem>

namespace dae {

std::string images_for(const std::string& flag, const std::string& value, const Flags& given) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (given.given(flag) || value != default_images || fs::exists(value, error)) return value;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path installed = program.parent_path().parent_path() / "share" / "dae-cuda" / "mnist";
  if (fs::exists(installed, error)) return installed.string();
  throw InputError(
      fmt::format("{} needs an IDX file, a folder with MNIST's files or one of photos: there is no folder "
                  "{} here, and no {}",
                  flag, default_images, quote_path(installed)));
}

}  // namespace dae
