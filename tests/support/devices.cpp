#include "tests/support/devices.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "host/cpu/device.hpp"

namespace dae::test {

std::vector<NamedDevice> test_devices() {
  if (const char* request = std::getenv("DAE_TEST_DEVICE")) {
    std::shared_ptr<Device> device = open_device(request);
    return {{device->name(), device}};
  }
  std::vector<NamedDevice> devices;
  for (const cpu::Isa& isa : cpu::usable_isas())
    for (const int threads : {1, 3})
      devices.push_back({fmt::format("{} on {} threads", isa.name, threads),
                         cpu::make_cpu_device({.threads = threads, .say = {}}, isa)});
  return devices;
}

std::optional<int> large_batch() {
  if (std::getenv("DAE_TEST_DEVICE") != nullptr) return std::nullopt;
  return 2 * cpu::most_lanes;
}

}  // namespace dae::test
