#pragma once

#include <driver_types.h>

#include <string>

#include "dae/device.hpp"
#include "host/device/cuda_probe.hpp"

namespace dae::cuda {

/// Asks the driver what there is, and device `ordinal` to load a kernel; on no other GPU is a context made. Never
/// throws: what fails is a finding.
CudaProbe probe(int ordinal);

/// Throws DeviceError with cause and remedy unless this process can use that device.
void require_usable(int ordinal);

/// The device's properties as cuDNN describes them, JSON. Throws DeviceError when this process cannot use it.
std::string properties(int ordinal);

/// Says one line for each environment variable that changes what this device computes.
void report_overrides(const DeviceOptions& options);

/// Whether the current device can load a kernel of this library: cudaErrorNoKernelImageForDevice when no code for its
/// architecture was built.
cudaError_t load_probe_kernel();

/// Whether nvcc's list of architectures has code for this one: of its generation and no newer, or PTX, which the newest
/// on the list has.
bool built_for(int architecture);

}  // namespace dae::cuda
