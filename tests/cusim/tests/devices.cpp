#include "devices.hpp"

#include <cstdlib>
#include <string>

#include "cusim/runtime.hpp"

namespace dae::test {
namespace {

/// CUSIM_ORDER=lazy, eager or random, which is the default; CUSIM_SEED for the last.
bool set_order_from_environment() {
  const char *order = std::getenv("CUSIM_ORDER"), *seed = std::getenv("CUSIM_SEED");
  const std::string name = order != nullptr ? order : "random";
  cusim::set_order(name == "lazy"    ? cusim::Order::lazy
                   : name == "eager" ? cusim::Order::eager
                                     : cusim::Order::random,
                   seed != nullptr ? std::stoull(seed) : 1);
  return true;
}

}  // namespace

/// The CUDA device, opened as the program opens it: from libdae-cuda.so.
std::vector<NamedDevice> test_devices() {
  static const bool once = set_order_from_environment();
  static_cast<void>(once);
  return {{"CUDA simulator", open_device("0")}};
}

}  // namespace dae::test
