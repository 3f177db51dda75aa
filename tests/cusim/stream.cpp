#include "tests/cusim/stream.hpp"

#include <cuda_runtime_api.h>

#include <set>

#include "tests/cusim/engine.hpp"
#include "tests/cusim/runtime.hpp"

namespace cusim {
namespace {

std::set<cudaStream_t> streams;
std::set<cudaEvent_t> events;

/// For calls that cannot be captured: breaks the capture.
cudaError_t refuse(Capture& capture, cudaError_t error) {
  capture.broken = true;
  return failed(error);
}

/// A capture may only wait for what it holds itself.
cudaError_t wait_in_capture(cudaStream_t stream, const CUevent_st& event) {
  if (stream->capture == nullptr) {
    if (event.capture->broken) return failed(cudaErrorStreamCaptureInvalidated);
    stream->capture = event.capture;  // a fork
    stream->last_nodes.clear();
  } else if (event.capture != stream->capture) {
    return refuse(*stream->capture, cudaErrorStreamCaptureIsolation);
  }
  stream->last_nodes.insert(stream->last_nodes.end(), event.nodes.begin(), event.nodes.end());
  return cudaSuccess;
}

/// Whether every node of the streams that joined the capture comes before the origin's last ones.
bool joined(const Capture& capture) {
  std::vector<bool> before(capture.nodes.size(), false);
  for (const std::size_t node : capture.origin->last_nodes) before[node] = true;
  for (std::size_t node = before.size(); node-- > 0;) {
    if (!before[node]) return false;
    for (const std::size_t each : capture.nodes[node].after) before[each] = true;
  }
  return true;
}

}  // namespace

void require_live(cudaStream_t stream) {
  if (!streams.contains(stream)) bug("a stream that was destroyed or never created, or the default stream, is used");
}

void require_live(cudaEvent_t event) {
  if (!events.contains(event)) bug("an event that was destroyed or never created is used");
}

template <class Handle>
cudaError_t destroy(const char* call, const char* kind, std::set<Handle>& live, Handle handle) {
  CUSIM_CALL(call);
  require_live(handle);
  live.erase(handle);
  delete handle;
  count_object(kind, -1);
  return cudaSuccess;
}

cudaError_t unsafe_in_capture() {
  bool forbidden = false;
  for (const cudaStream_t stream : streams) {
    Capture* capture = stream->capture;
    if (capture == nullptr || capture->mode == cudaStreamCaptureModeRelaxed) continue;
    if (capture->thread != std::this_thread::get_id() && capture->mode != cudaStreamCaptureModeGlobal) continue;
    capture->broken = forbidden = true;
  }
  return forbidden ? failed(cudaErrorStreamCaptureUnsupported) : cudaSuccess;
}

cudaError_t enqueue(cudaStream_t stream, std::string name, std::function<void()> run, double milliseconds) {
  Work work{std::move(name), std::move(run), milliseconds};
  require_live(stream);
  if (stream->capture == nullptr) {
    stream->last = {submit(std::move(work), std::move(stream->last))};
    return cudaSuccess;
  }
  if (stream->capture->broken) return failed(cudaErrorStreamCaptureInvalidated);
  stream->capture->nodes.push_back({std::move(work), std::move(stream->last_nodes)});
  stream->last_nodes = {stream->capture->nodes.size() - 1};
  return cudaSuccess;
}

bool capturing(cudaStream_t stream) {
  require_live(stream);
  return stream->capture != nullptr;
}

cudaError_t launch_kernel(cudaStream_t stream, Kernel kernel) {
  CUSIM_CALL("cudaLaunchKernelEx");
  constexpr unsigned kMostThreads = 1024, kMostBlocks = 65535, kMostDeep = 64;
  const dim3 &b = kernel.blocks, &t = kernel.threads;
  if (b.x == 0 || b.y == 0 || b.z == 0 || t.x == 0 || t.y == 0 || t.z == 0 || t.x * t.y * t.z > kMostThreads ||
      t.z > kMostDeep || b.x > 0x7FFFFFFFu || b.y > kMostBlocks || b.z > kMostBlocks)
    return failed(cudaErrorInvalidConfiguration);
  return enqueue(stream, kernel.name, [kernel] { cusim::run(kernel, draw_order()); });
}

}  // namespace cusim

extern "C" {

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
  CUSIM_CALL("cudaStreamCreateWithFlags");
  if (flags != cudaStreamNonBlocking) cusim::bug("a stream that waits for the default stream");
  *stream = new CUstream_st;
  cusim::streams.insert(*stream);
  cusim::count_object("stream", 1);
  return cudaSuccess;
}

/// Returns at once; what was enqueued is still done.
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  return cusim::destroy("cudaStreamDestroy", "stream", cusim::streams, stream);
}

/// A failure that was asked for is one of the work that was waited for: nothing is left to run after it.
cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  cusim::require_live(stream);
  if (stream->capture != nullptr) return cusim::refuse(*stream->capture, cudaErrorStreamCaptureUnsupported);
  for (const cusim::TaskPtr& task : stream->last) cusim::finish(task);
  stream->last.clear();
  CUSIM_CALL("cudaStreamSynchronize");
  return cudaSuccess;
}

cudaError_t cudaDeviceSynchronize() {
  if (const cudaError_t error = cusim::unsafe_in_capture()) return error;
  cusim::finish_all();
  CUSIM_CALL("cudaDeviceSynchronize");
  return cudaSuccess;
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  CUSIM_CALL_WITH("cudaStreamWaitEvent", stream, event);
  if (stream->capture != nullptr || event->capture != nullptr) return cusim::wait_in_capture(stream, *event);
  if (event->task != nullptr) stream->last.push_back(event->task);
  return cudaSuccess;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags) {
  CUSIM_CALL("cudaEventCreateWithFlags");
  *event = new CUevent_st;
  (*event)->timed = (flags & cudaEventDisableTiming) == 0;
  cusim::events.insert(*event);
  cusim::count_object("event", 1);
  return cudaSuccess;
}

/// Allowed while the event is still to come.
cudaError_t cudaEventDestroy(cudaEvent_t event) {
  return cusim::destroy("cudaEventDestroy", "event", cusim::events, event);
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  CUSIM_CALL_WITH("cudaEventRecord", stream, event);
  event->capture = stream->capture;
  event->task = nullptr;
  event->nodes = stream->last_nodes;
  if (stream->capture != nullptr) return cudaSuccess;
  event->task = cusim::submit({}, stream->last);
  stream->last = {event->task};
  return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  CUSIM_CALL_WITH("cudaEventSynchronize", event);
  if (event->capture != nullptr) return cusim::refuse(*event->capture, cudaErrorCapturedEvent);
  if (event->task != nullptr) cusim::finish(event->task);
  return cudaSuccess;
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end) {
  CUSIM_CALL_WITH("cudaEventElapsedTime", start, end);
  if (!start->timed || !end->timed || start->task == nullptr || end->task == nullptr)
    return cusim::failed(cudaErrorInvalidResourceHandle);
  if (!start->task->done || !end->task->done) return cusim::failed(cudaErrorNotReady);
  *milliseconds = static_cast<float>(end->task->time - start->task->time);
  return cudaSuccess;
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode) {
  CUSIM_CALL_WITH("cudaStreamBeginCapture", stream);
  if (stream->capture != nullptr) return cusim::refuse(*stream->capture, cudaErrorIllegalState);
  stream->capture = new cusim::Capture{stream, mode, std::this_thread::get_id(), {}, false};
  stream->last_nodes.clear();
  return cudaSuccess;
}

/// A failure that was asked for ends the capture too, as every failure but those of a wrong stream or thread does.
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  const auto asked_for = cusim::begin_call("cudaStreamEndCapture");
  cusim::require_live(stream);
  *graph = nullptr;
  cusim::Capture* capture = stream->capture;
  if (capture == nullptr) return cusim::failed(cudaErrorIllegalState);
  if (capture->origin != stream) return cusim::refuse(*capture, cudaErrorStreamCaptureUnmatched);
  if (capture->mode != cudaStreamCaptureModeRelaxed && capture->thread != std::this_thread::get_id())
    return cusim::refuse(*capture, cudaErrorStreamCaptureWrongThread);
  const cudaError_t error = capture->broken            ? cudaErrorStreamCaptureInvalidated
                            : !cusim::joined(*capture) ? cudaErrorStreamCaptureUnjoined
                                                       : static_cast<cudaError_t>(asked_for.value_or(cudaSuccess));
  if (error == cudaSuccess) *graph = new CUgraph_st{std::move(capture->nodes)};
  for (const cudaStream_t each : cusim::streams)
    if (each->capture == capture) each->capture = nullptr;
  for (const cudaEvent_t each : cusim::events)
    if (each->capture == capture) *each = {each->timed, nullptr, nullptr, {}};
  delete capture;
  if (error != cudaSuccess) return cusim::failed(error);
  cusim::count_object("graph", 1);
  return cudaSuccess;
}

}  // extern "C"
