#include <fmt/format.h>

#include <charconv>

#include "dae/device.hpp"
#include "dae/error.hpp"
#include "host/cpu/device.hpp"
#include "host/device/cuda_diagnosis.hpp"
#include "host/device/cuda_module.hpp"

namespace dae {
namespace {

void say(const DeviceOptions& options, const std::string& line) {
  if (options.say) options.say(line);
}

/// Throws DeviceError with cause and remedy.
std::unique_ptr<Device> open_cuda(int ordinal, const DeviceOptions& options) {
  const CudaModule cuda = load_cuda_module();
  if (!cuda.usable()) throw DeviceError(diagnose(find_cuda(cuda, ordinal), ordinal).text());
  return cuda.open(ordinal, options);
}

}  // namespace

std::unique_ptr<Device> open_device(std::string_view request, const DeviceOptions& options) {
  if (request == "cpu") {
    auto device = make_cpu_device(options);
    say(options, fmt::format("Device: {} (asked for)", device->name()));
    return device;
  }
  if (request == "auto") {
    std::string cause;
    try {
      auto device = open_cuda(0, options);
      say(options, fmt::format("Device: {} (the first CUDA device)", device->name()));
      return device;
    } catch (const DeviceError& error) {
      cause = error.what();
    }
    auto device = make_cpu_device(options);
    say(options, fmt::format("Device: {} (no CUDA device: {})", device->name(), cause));
    return device;
  }
  int ordinal = -1;
  const auto [end, error] = std::from_chars(request.data(), request.data() + request.size(), ordinal);
  if (error != std::errc{} || end != request.data() + request.size() || ordinal < 0)
    throw UsageError(fmt::format("device '{}' is unknown; use auto, cpu or the number of a CUDA device", request));
  const auto refusal = [ordinal](const DeviceError& cause) {
    return fmt::format("CUDA device {} cannot be used: {}; --device cpu uses the CPU", ordinal, cause.what());
  };
  std::unique_ptr<Device> device;
  try {
    device = open_cuda(ordinal, options);
  } catch (const MemoryError& cause) {
    throw MemoryError(refusal(cause));
  } catch (const DeviceError& cause) {
    throw DeviceError(refusal(cause));
  }
  say(options, fmt::format("Device: {} (asked for)", device->name()));
  return device;
}

}  // namespace dae
