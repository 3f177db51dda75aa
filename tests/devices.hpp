#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "host/cpu/device.hpp"

/// \file
/// One test body runs on every device that the build has: each instruction set that this machine can run, on one thread
/// and on more threads than it may have cores.
namespace dae::test {

struct NamedDevice {
  std::string name;
  std::shared_ptr<Device> device;
};

inline std::vector<NamedDevice> test_devices() {
  std::vector<NamedDevice> devices;
  for (const cpu::Isa& isa : cpu::usable_isas())
    for (const int threads : {1, 3})
      devices.push_back({fmt::format("{} on {} threads", isa.name, threads),
                         cpu::make_cpu_device({.threads = threads, .say = {}}, isa)});
  return devices;
}

}  // namespace dae::test
