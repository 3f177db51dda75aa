#include "tests/support/devices.hpp"

#include <cstdlib>
#include <string>

#include "tests/cusim/runtime.hpp"
#include "tests/cusim/tests/order.hpp"

namespace dae::test {

void restart_order() {
  const char *order = std::getenv("CUSIM_ORDER"), *seed = std::getenv("CUSIM_SEED");
  const std::string name = order != nullptr ? order : "random";
  cusim::set_order(name == "lazy"    ? cusim::Order::lazy
                   : name == "eager" ? cusim::Order::eager
                                     : cusim::Order::random,
                   seed != nullptr ? std::stoull(seed) : 1);
}

/// The CUDA device, opened as the program opens it: from libdae-cuda.so.
std::vector<NamedDevice> test_devices() {
  static const bool once = (restart_order(), true);
  static_cast<void>(once);
  return {{"CUDA simulator", open_device("0")}};
}

std::optional<int> large_batch() { return std::nullopt; }

}  // namespace dae::test
