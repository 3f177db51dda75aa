#include <cuda_runtime_api.h>

#include <cstring>

#include "tests/cusim/memory.hpp"
#include "tests/cusim/runtime.hpp"
#include "tests/cusim/stream.hpp"

namespace {

using cusim::Home;

const char* name_of(cudaMemcpyKind kind) {
  if (kind == cudaMemcpyDeviceToDevice) return "copy on device";
  return kind == cudaMemcpyHostToDevice ? "copy to device" : "copy to host";
}

}  // namespace

extern "C" {

/// Pageable host memory: the copy "might be synchronous with respect to host" (cuda_runtime_api.h), so that a program
/// may depend neither on its being so nor on its not being so.
cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  CUSIM_CALL_WITH("cudaMemcpyAsync", stream);
  const Home source = cusim::home_of(from, bytes), target = cusim::home_of(to, bytes);
  const bool from_device = kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
  const bool to_device = kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
  if (kind == cudaMemcpyHostToHost || kind == cudaMemcpyDefault) cusim::bug("a copy of a kind that is not faked");
  if ((source == Home::device) != from_device || (target == Home::device) != to_device)
    return cusim::failed(cudaErrorInvalidValue);
  const bool pageable = source == Home::unknown || target == Home::unknown;
  if (pageable && stream->capture != nullptr) {
    stream->capture->broken = true;
    return cusim::failed(cudaErrorStreamCaptureUnsupported);
  }
  const cudaError_t error = cusim::enqueue(stream, name_of(kind), [=] { std::memcpy(to, from, bytes); });
  if (error == cudaSuccess && pageable && !cusim::draw_laziness())
    for (const cusim::TaskPtr& task : stream->last) cusim::finish(task);
  return error;
}

cudaError_t cudaMemsetAsync(void* to, int value, std::size_t bytes, cudaStream_t stream) {
  CUSIM_CALL_WITH("cudaMemsetAsync", stream);
  if (cusim::home_of(to, bytes) != Home::device) return cusim::failed(cudaErrorInvalidValue);
  return cusim::enqueue(stream, "clear", [=] { std::memset(to, value, bytes); });
}

}  // extern "C"
