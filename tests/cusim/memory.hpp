#pragma once

#include <cstddef>

namespace cusim {

/// While one lives, work on the device may touch device memory; else whoever touches it dies.
class DeviceOpen {
 public:
  DeviceOpen();
  DeviceOpen(const DeviceOpen&) = delete;
  DeviceOpen& operator=(const DeviceOpen&) = delete;
  ~DeviceOpen();
};

/// Where a range of memory lies. unknown: what the runtime did not allocate, pageable host memory.
enum class Home { unknown, device, pinned };
/// Ends the program when the range begins in an allocation and leaves it.
Home home_of(const void* data, std::size_t bytes);

}  // namespace cusim
