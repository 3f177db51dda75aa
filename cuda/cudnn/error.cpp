#include "cuda/cudnn/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

namespace dae::cuda::cudnn {
namespace {

std::string last_message() {
  std::array<char, 512> text{};
  cudnnGetLastErrorString(text.data(), text.size());
  std::string line(text.data());
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

}  // namespace

void check(const char* call, const char* subject, cudnnStatus_t status) {
  if (status == CUDNN_STATUS_SUCCESS) return;
  const std::string message = last_message();
  const std::string text = fmt::format("{}({}) failed: {} ({}){}{}", call, subject, cudnnGetErrorString(status),
                                       static_cast<int>(status), message.empty() ? "" : ": ", message);
  if (status == CUDNN_STATUS_ALLOC_FAILED || status == CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED ||
      status == CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED)
    throw MemoryError(text);
  throw CudnnError(status, text);
}

}  // namespace dae::cuda::cudnn
