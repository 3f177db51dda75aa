#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dae/device.hpp"

namespace dae::test {

struct NamedDevice {
  std::string name;
  std::shared_ptr<Device> device;
};

/// One test body runs on every device of the build. In dae-tests: each instruction set that this machine can run, on
/// one thread and on more threads than it may have cores, or the one that DAE_TEST_DEVICE names as --device does. In
/// tests/cusim: the CUDA device on the simulator.
std::vector<NamedDevice> test_devices();

/// A batch so large that the device works on it in another way than on a small one; nothing where all are alike.
std::optional<int> large_batch();

}  // namespace dae::test
