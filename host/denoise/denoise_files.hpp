#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dae/device.hpp"
#include "host/checkpoint/checkpoint.hpp"
#include "host/denoise/denoise_observer.hpp"

namespace dae {

/// Opens another device, for one of `count` threads that process. It is called once it is sure that there is work.
using DeviceOf = std::function<Device&(int count)>;

/// Denoises pictures, folders of them and IDX files (see plan_denoising) into options.out, and keeps manifest.jsonl
/// there. A file that fails is told of, and the others go on. `stop` is asked often and from several threads; what was
/// denoised by then is saved. Throws, before anything is written, OutputError where names collide or results may not be
/// replaced, UsageError where another run works in the folder, and ShapeError for a network that is no denoiser; later
/// DeviceError where a device fails.
DenoiseSummary denoise_files(const DeviceOf& device, const Checkpoint& checkpoint,
                             const std::vector<std::string>& inputs, const DenoiseOptions& options,
                             DenoiseObserver& observer, const std::function<bool()>& stop);

}  // namespace dae
