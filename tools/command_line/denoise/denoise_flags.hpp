#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/denoise/denoise_job.hpp"
#include "tools/command_line/device_flags.hpp"
#include "tools/command_line/flags.hpp"

namespace dae {

/// The flags of `denoise`. Those that need no reading go into `options` at once.
struct DenoiseFlags {
  DenoiseOptions options;
  std::vector<std::string> inputs;
  std::string checkpoint, out, if_exists = "error", format = "same", jobs = "1:1:1";
  int max_memory = 1024;
  std::optional<float> add_noise;
  std::optional<std::size_t> limit;
  std::uint64_t seed = 1;
  bool json = false;
  DeviceFlags device;
  ComputationFlags computation;
};

void add_flags(Flags& command, DenoiseFlags& flags);

/// Fills in what is left of flags.options. Throws UsageError.
void settle_options(DenoiseFlags& flags);

}  // namespace dae
