#pragma once

#include <memory>

#include "dae/device.hpp"
#include "host/cpu/runtime/isa.hpp"

namespace dae::cpu {

/// A CPU device on an instruction set of usable_isas(). threads 0 takes one a core that this process may use.
std::unique_ptr<Device> make_cpu_device(const DeviceOptions& options, const Isa& isa);

}  // namespace dae::cpu

namespace dae {

/// The CPU device on the widest instruction set, or the one that DAE_CPU_ISA names. Throws UsageError and DeviceError.
std::unique_ptr<Device> make_cpu_device(const DeviceOptions& options);

}  // namespace dae
