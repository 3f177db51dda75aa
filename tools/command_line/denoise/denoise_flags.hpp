#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/checkpoint/checkpoint.hpp"
#include "tools/command_line/denoise/denoise_job.hpp"
#include "tools/command_line/denoise/denoise_pipeline.hpp"
#include "tools/command_line/device_flags.hpp"
#include "tools/command_line/flags.hpp"

namespace dae {

/// What `denoise` is told on the command line.
struct DenoiseFlags {
  std::vector<std::string> inputs;
  std::string checkpoint, out, if_exists = "error", format = "same", jobs = "1:1:1";
  int quality = 95, max_memory = 1024;
  float strength = 1;
  bool tta = false, recursive = false;
  std::size_t max_pixels = picture_limit;
  std::optional<float> add_noise;
  std::optional<std::size_t> limit;
  std::uint64_t seed = 1;
  int batch = 128;
  bool json = false;
  DeviceFlags device;
  ComputationFlags computation;
};

void add_flags(Flags& command, DenoiseFlags& flags);

/// What of it concerns files. Added noise is clipped as the checkpoint's is.
DenoiseOptions denoise_options(const DenoiseFlags& flags, const Checkpoint& checkpoint);

/// "2:1:4". Throws UsageError.
StageThreads parse_jobs(const std::string& text);

}  // namespace dae
