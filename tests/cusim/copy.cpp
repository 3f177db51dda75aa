#include <cuda_runtime_api.h>

#include <cstring>

#include "cusim/calls.hpp"
#include "cusim/memory.hpp"
#include "cusim/runtime.hpp"
#include "cusim/stream.hpp"

namespace {

using cusim::Home;

const char* name_of(cudaMemcpyKind kind) {
  switch (kind) {
    case cudaMemcpyHostToDevice:
      return "copy to device";
    case cudaMemcpyDeviceToHost:
      return "copy to host";
    default:
      return "copy on device";
  }
}

}  // namespace

extern "C" {

/// Pageable host memory: the copy "might be synchronous with respect to host" (cuda_runtime_api.h), so that a program
/// may depend neither on its being so nor on its not being so.
cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  CUSIM_CALL("cudaMemcpyAsync");
  cusim::require_live(stream);
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
  const cudaError_t error = cusim::push(stream, {name_of(kind), [=] { std::memcpy(to, from, bytes); }, 2 * bytes});
  if (error == cudaSuccess && pageable && !cusim::draw_laziness())
    for (const cusim::TaskPtr& task : stream->last) cusim::finish(task);
  return error;
}

cudaError_t cudaMemsetAsync(void* to, int value, std::size_t bytes, cudaStream_t stream) {
  CUSIM_CALL("cudaMemsetAsync");
  cusim::require_live(stream);
  if (cusim::home_of(to, bytes) != Home::device) return cusim::failed(cudaErrorInvalidValue);
  return cusim::push(stream, {"clear", [=] { std::memset(to, value, bytes); }, bytes});
}

}  // extern "C"
