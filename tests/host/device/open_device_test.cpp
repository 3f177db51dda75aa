#include "dae/device.hpp"
#include "dae/error.hpp"
#include "tests/support/catch.hpp"

using namespace dae;

TEST_CASE("cpu opens the CPU device and says so", "[open_device]") {
  std::string said;
  DeviceOptions options;
  options.threads = 1;
  options.say = [&](std::string_view line) { said = line; };
  const auto device = open_device("cpu", options);
  REQUIRE(device);
  CHECK_THAT(said, ContainsSubstring(device->name()) && ContainsSubstring("asked for"));
}

TEST_CASE("auto always opens something and says why", "[open_device]") {
  std::string said;
  DeviceOptions options;
  options.say = [&](std::string_view line) { said = line; };
  const auto device = open_device("auto", options);
  REQUIRE(device);
  CHECK_THAT(said, ContainsSubstring(device->name()) && ContainsSubstring("("));
}

TEST_CASE("an unknown or missing device is an error with a remedy", "[open_device]") {
  CHECK_THROWS_AS(open_device("gpu"), UsageError);
  CHECK_THROWS_AS(open_device("-1"), UsageError);
  CHECK_THROWS_AS(open_device(""), UsageError);
  CHECK_THROWS_AS(open_device("0x"), UsageError);
  // No machine has as many CUDA devices, whether or not it has any.
  CHECK_THROWS_AS(open_device("9999"), DeviceError);
  CHECK_THROWS_WITH(open_device("9999"), ContainsSubstring("9999"));
}
