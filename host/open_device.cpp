#include <fmt/format.h>

#include <charconv>

#include "dae/device.hpp"
#include "dae/error.hpp"
#include "host/cpu/device.hpp"
#include "host/cuda_module.hpp"

namespace dae {
namespace {

void say(const DeviceOptions& options, const std::string& line) {
  if (options.say) options.say(line);
}

}  // namespace

std::unique_ptr<Device> open_device(std::string_view request, const DeviceOptions& options) {
  if (request == "cpu") {
    auto device = make_cpu_device(options);
    say(options, fmt::format("Device: {} (asked for)", device->name()));
    return device;
  }
  if (request == "auto") {
    const CudaModule cuda = load_cuda_module();
    if (cuda.usable()) {
      auto device = cuda.open(0, options);
      say(options, fmt::format("Device: {} (the first CUDA device)", device->name()));
      return device;
    }
    auto device = make_cpu_device(options);
    say(options, fmt::format("Device: {} (no CUDA device: {})", device->name(), cuda.cause()));
    return device;
  }
  int ordinal = -1;
  const auto [end, error] = std::from_chars(request.data(), request.data() + request.size(), ordinal);
  if (error != std::errc{} || end != request.data() + request.size() || ordinal < 0)
    throw UsageError(fmt::format("device '{}' is unknown; use auto, cpu or the number of a CUDA device", request));
  const CudaModule cuda = load_cuda_module();
  if (!cuda.usable())
    throw DeviceError(
        fmt::format("CUDA device {} cannot be used: {}; use --device cpu to train on the CPU", ordinal, cuda.cause()));
  auto device = cuda.open(ordinal, options);
  say(options, fmt::format("Device: {} (asked for)", device->name()));
  return device;
}

}  // namespace dae
