#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "dae/device.hpp"
#include "tools/command_line/flags.hpp"

namespace dae {

/// Adds --precision; `name` is then one of fp32, tf32, bf16.
void add_precision_flag(Flags& command, std::string& name);

Precision precision_named(const std::string& name);

/// How a command that does not train computes on a CUDA device.
struct ComputationFlags {
  std::string precision = "fp32";
  bool deterministic = false;
  int workspace_mb = 0;
};

/// Adds --precision, --deterministic and --workspace-mb.
void add_computation_flags(Flags& command, ComputationFlags& flags);

Computation computation_from(const ComputationFlags&);

/// Opens the device that a command line asks for, with a folder for its plans. `say` may be empty.
std::unique_ptr<Device> open_device(const DeviceFlags& flags, const std::function<void(std::string_view)>& say);

/// Where a CUDA device keeps its plans: what --plan-cache names; by default dae-cuda/plans in XDG_CACHE_HOME, or in
/// .cache of HOME; empty for none.
std::filesystem::path plan_cache(const DeviceFlags& flags);

/// The folder of images that stands for MNIST where a flag is left out.
inline constexpr const char* default_images = "data/mnist";

/// The images that a flag with the default default_images stands for: its value where the command line or a resumed run
/// gives one; else data/mnist in the current folder, or those beside the program. Throws InputError where neither is.
std::string images_for(const std::string& flag, const std::string& value, const Flags& given);

}  // namespace dae
