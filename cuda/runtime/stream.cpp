#include "cuda/runtime/stream.hpp"

#include <cuda_runtime_api.h>

#include <utility>

#include "cuda/runtime/error.hpp"

namespace dae::cuda {

Stream::Stream() { check("cudaStreamCreateWithFlags", cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking)); }

Stream::Stream(Stream&& other) noexcept : stream_(std::exchange(other.stream_, nullptr)) {}

Stream& Stream::operator=(Stream&& other) noexcept {
  std::swap(stream_, other.stream_);
  return *this;
}

Stream::~Stream() {
  if (stream_ != nullptr) ignore(cudaStreamDestroy(stream_));
}

void Stream::wait() const { check("cudaStreamSynchronize", cudaStreamSynchronize(stream_)); }

void Stream::drain() const noexcept { ignore(cudaStreamSynchronize(stream_)); }

Event::Event(bool timed) {
  // A host that waits for an event sleeps: the other core is worth more than a microsecond.
  const unsigned flags = timed ? cudaEventDefault : cudaEventDisableTiming | cudaEventBlockingSync;
  check("cudaEventCreateWithFlags", cudaEventCreateWithFlags(&event_, flags));
}

Event::Event(Event&& other) noexcept : event_(std::exchange(other.event_, nullptr)) {}

Event& Event::operator=(Event&& other) noexcept {
  std::swap(event_, other.event_);
  return *this;
}

Event::~Event() {
  if (event_ != nullptr) ignore(cudaEventDestroy(event_));
}

void Event::record(const Stream& stream) { check("cudaEventRecord", cudaEventRecord(event_, stream.get())); }

void Event::wait_on(const Stream& stream) const {
  check("cudaStreamWaitEvent", cudaStreamWaitEvent(stream.get(), event_, 0));
}

void Event::wait() const { check("cudaEventSynchronize", cudaEventSynchronize(event_)); }

float Event::since(const Event& earlier) const {
  float milliseconds = 0;
  check("cudaEventElapsedTime", cudaEventElapsedTime(&milliseconds, earlier.event_, event_));
  return milliseconds;
}

namespace {

/// Owns a captured graph until it is instantiated.
struct Graph {
  cudaGraph_t graph = nullptr;
  Graph() = default;
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;
  ~Graph() {
    if (graph != nullptr) ignore(cudaGraphDestroy(graph));
  }
};

}  // namespace

GraphExec::GraphExec(const Stream& stream, const std::function<void()>& enqueue) {
  Graph captured;
  check("cudaStreamBeginCapture", cudaStreamBeginCapture(stream.get(), cudaStreamCaptureModeThreadLocal));
  try {
    enqueue();
  } catch (...) {
    ignore(cudaStreamEndCapture(stream.get(), &captured.graph));
    throw;
  }
  check("cudaStreamEndCapture", cudaStreamEndCapture(stream.get(), &captured.graph));
  check("cudaGraphGetNodes", cudaGraphGetNodes(captured.graph, nullptr, &nodes_));
  check("cudaGraphInstantiate", cudaGraphInstantiate(&exec_, captured.graph, 0));
  const cudaError_t uploaded = cudaGraphUpload(exec_, stream.get());
  if (uploaded != cudaSuccess) ignore(cudaGraphExecDestroy(exec_));  // no destructor for an unfinished object
  check("cudaGraphUpload", uploaded);
}

GraphExec::GraphExec(GraphExec&& other) noexcept : exec_(std::exchange(other.exec_, nullptr)), nodes_(other.nodes_) {}

GraphExec& GraphExec::operator=(GraphExec&& other) noexcept {
  std::swap(exec_, other.exec_);
  std::swap(nodes_, other.nodes_);
  return *this;
}

GraphExec::~GraphExec() {
  if (exec_ != nullptr) ignore(cudaGraphExecDestroy(exec_));
}

void GraphExec::launch(const Stream& stream) const { check("cudaGraphLaunch", cudaGraphLaunch(exec_, stream.get())); }

}  // namespace dae::cuda
