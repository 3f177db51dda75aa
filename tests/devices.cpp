#include "devices.hpp"

#include <fmt/format.h>

#include "host/cpu/device.hpp"

namespace dae::test {

std::vector<NamedDevice> test_devices() {
  std::vector<NamedDevice> devices;
  for (const cpu::Isa& isa : cpu::usable_isas())
    for (const int threads : {1, 3})
      devices.push_back({fmt::format("{} on {} threads", isa.name, threads),
                         cpu::make_cpu_device({.threads = threads, .say = {}}, isa)});
  return devices;
}

}  // namespace dae::test
