#include "tools/command_line/device_flags.hpp"

#include <algorithm>
#include <cstdlib>

namespace dae {
namespace {

/// The folder that an environment variable names; the XDG base directory specification wants relative ones ignored.
std::filesystem::path folder_in(const char* variable) {
  const char* value = std::getenv(variable);
  std::filesystem::path folder = value != nullptr ? value : "";
  return folder.is_absolute() ? folder : std::filesystem::path();
}

}  // namespace

void add_precision_flag(Flags& command, std::string& name) {
  command.choice("--precision", name, {"fp32", "tf32", "bf16"},
                 "Of multiplications on a CUDA device; bf16 stores activations in half the bytes too");
}

Precision precision_named(const std::string& name) {
  return static_cast<Precision>(std::ranges::find(precision_names, name) - precision_names.begin());
}

void add_computation_flags(Flags& command, ComputationFlags& flags) {
  add_precision_flag(command, flags.precision);
  command.toggle("--deterministic", flags.deterministic, "Same seed, same bits on one GPU; the CPU is so always");
  command.number("--workspace-mb", flags.workspace_mb, 0, 1 << 20,
                 "Scratch memory that one operation on a CUDA device may use; 0: the device decides");
}

Computation computation_from(const ComputationFlags& flags) {
  return {precision_named(flags.precision), flags.deterministic, static_cast<std::size_t>(flags.workspace_mb) << 20};
}

std::filesystem::path plan_cache(const DeviceFlags& flags) {
  if (flags.plan_cache == "none") return {};
  if (!flags.plan_cache.empty()) return flags.plan_cache;
  const std::filesystem::path cache = folder_in("XDG_CACHE_HOME"), home = folder_in("HOME");
  if (!cache.empty()) return cache / "dae-cuda" / "plans";
  return home.empty() ? home : home / ".cache" / "dae-cuda" / "plans";
}

std::unique_ptr<Device> open_device(const DeviceFlags& flags, const std::function<void(std::string_view)>& say) {
  return open_device(flags.device, {.threads = flags.threads, .say = say, .plan_cache = plan_cache(flags).string()});
}

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
