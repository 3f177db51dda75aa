#pragma once

#include <memory>

#include "dae/device.hpp"

namespace dae::cuda {

/// Opens a CUDA device by its number. Throws DeviceError with cause and remedy where it cannot be used.
std::unique_ptr<Device> open(int ordinal, const DeviceOptions& options);

}  // namespace dae::cuda
