#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "host/cpu/device.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/devices.hpp"

/// \file
/// The CPU device as the reference of the simulated one.
namespace dae::test {

inline std::unique_ptr<Device> cpu_reference() { return make_cpu_device({.threads = 2, .say = {}}); }

inline std::shared_ptr<Device> simulated_device() { return test_devices().front().device; }

/// Multiples of 2^-10 in [-1, 1), the same in every run.
inline std::vector<float> scattered(std::size_t count, std::uint32_t seed) {
  std::vector<float> numbers(count);
  std::uint32_t x = seed * 0x9E3779B9u + 1;
  for (float& number : numbers) {
    x = x * 1664525u + 1013904223u;
    number = static_cast<float>(x >> 21) / 1024.0f - 1.0f;
  }
  return numbers;
}

/// Every element within `tolerance` of the larger of its own size and the root mean square of all.
inline void require_close(std::span<const float> got, std::span<const float> wanted, double tolerance) {
  REQUIRE(got.size() == wanted.size());
  double square = 0;
  for (const float w : wanted) square += double{w} * double{w};
  const double rms = std::sqrt(square / static_cast<double>(std::max<std::size_t>(1, wanted.size())));
  for (std::size_t i = 0; i < got.size(); ++i) {
    CAPTURE(i, got[i], wanted[i]);
    REQUIRE(std::abs(double{got[i]} - double{wanted[i]}) <= tolerance * std::max(std::abs(double{wanted[i]}), rms));
  }
}

}  // namespace dae::test
