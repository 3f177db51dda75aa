#include <cuda_profiler_api.h>
#include <cuda_runtime_api.h>

#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#include "catch.hpp"

/// \file
/// What the CUDA runtime documents about the calls that the engine makes. The source is the comment above each
/// function's declaration in cuda_runtime_api.h of CUDA 13.0, unless another is given. Nothing here knows of the
/// simulator: the same file holds for a GPU.
namespace {

struct Stream {
  cudaStream_t raw = nullptr;
  Stream() { REQUIRE(cudaStreamCreateWithFlags(&raw, cudaStreamNonBlocking) == cudaSuccess); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { cudaStreamDestroy(raw); }
  void wait() const { REQUIRE(cudaStreamSynchronize(raw) == cudaSuccess); }
};

struct Event {
  cudaEvent_t raw = nullptr;
  explicit Event(unsigned flags = cudaEventDisableTiming) {
    REQUIRE(cudaEventCreateWithFlags(&raw, flags) == cudaSuccess);
  }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { cudaEventDestroy(raw); }
};

constexpr std::size_t kBytes = 1024;

struct Bytes {
  unsigned char *device = nullptr, *pinned = nullptr;
  Bytes() {
    REQUIRE(cudaMalloc(reinterpret_cast<void**>(&device), kBytes) == cudaSuccess);
    REQUIRE(cudaHostAlloc(reinterpret_cast<void**>(&pinned), kBytes, cudaHostAllocDefault) == cudaSuccess);
  }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;
  ~Bytes() {
    cudaFree(device);
    cudaFreeHost(pinned);
  }
  void fetch(const Stream& stream) const {
    REQUIRE(cudaMemcpyAsync(pinned, device, kBytes, cudaMemcpyDeviceToHost, stream.raw) == cudaSuccess);
  }
};

void begin(const Stream& stream, cudaStreamCaptureMode mode = cudaStreamCaptureModeThreadLocal) {
  REQUIRE(cudaStreamBeginCapture(stream.raw, mode) == cudaSuccess);
}

cudaError_t end(const Stream& stream) {
  cudaGraph_t graph = nullptr;
  const cudaError_t error = cudaStreamEndCapture(stream.raw, &graph);
  CHECK((graph == nullptr) == (error != cudaSuccess));  // "a NULL graph will be returned"
  if (graph != nullptr) CHECK(cudaGraphDestroy(graph) == cudaSuccess);
  cudaGetLastError();
  return error;
}

}  // namespace

TEST_CASE("memory: alignment, nothing for nothing, errors for strange pointers", "[cudart][gpu]") {
  void* data = nullptr;
  REQUIRE(cudaMalloc(&data, 5) == cudaSuccess);
  CHECK(reinterpret_cast<std::uintptr_t>(data) % 256 == 0);  // CUDA C++ Programming Guide, "Size and Alignment"
  CHECK(cudaFree(data) == cudaSuccess);
  CHECK(cudaFree(nullptr) == cudaSuccess);  // "If devPtr is 0, no operation is performed."
  CHECK(cudaFreeHost(nullptr) == cudaSuccess);
  int local = 0;
  CHECK(cudaFree(&local) == cudaErrorInvalidValue);
  // "cudaGetLastError: Returns the last error [...] and resets it to cudaSuccess."
  CHECK(cudaPeekAtLastError() == cudaErrorInvalidValue);
  CHECK(cudaGetLastError() == cudaErrorInvalidValue);
  CHECK(cudaGetLastError() == cudaSuccess);
  CHECK(cudaMalloc(&data, std::size_t{1} << 62) == cudaErrorMemoryAllocation);
  CHECK(cudaGetLastError() == cudaErrorMemoryAllocation);
  CHECK(std::strcmp(cudaGetErrorName(cudaErrorMemoryAllocation), "cudaErrorMemoryAllocation") == 0);
  CHECK(std::strlen(cudaGetErrorString(cudaErrorMemoryAllocation)) > 0);
}

TEST_CASE("cudaMemGetInfo: free memory is part of all, and an allocation takes of it", "[cudart][gpu]") {
  std::size_t before = 0, after = 0, total = 0;
  REQUIRE(cudaMemGetInfo(&before, &total) == cudaSuccess);
  CHECK(before <= total);
  void* data = nullptr;
  REQUIRE(cudaMalloc(&data, std::size_t{64} << 20) == cudaSuccess);
  REQUIRE(cudaMemGetInfo(&after, &total) == cudaSuccess);
  CHECK(after < before);
  CHECK(cudaFree(data) == cudaSuccess);
}

TEST_CASE("mapped memory has a device pointer", "[cudart][gpu]") {
  void *host = nullptr, *device = nullptr;
  REQUIRE(cudaHostAlloc(&host, kBytes, cudaHostAllocMapped) == cudaSuccess);
  CHECK(cudaHostGetDevicePointer(&device, host, 0) == cudaSuccess);
  CHECK(device != nullptr);
  CHECK(cudaFreeHost(host) == cudaSuccess);
}

TEST_CASE("copies and fills are done in the order of their stream", "[cudart][gpu]") {
  const Stream stream;
  const Bytes bytes;
  REQUIRE(cudaMemsetAsync(bytes.device, 1, kBytes, stream.raw) == cudaSuccess);
  REQUIRE(cudaMemsetAsync(bytes.device, 2, kBytes / 2, stream.raw) == cudaSuccess);
  bytes.fetch(stream);
  stream.wait();
  CHECK(static_cast<int>(bytes.pinned[0]) == 2);
  CHECK(static_cast<int>(bytes.pinned[kBytes - 1]) == 1);
  bytes.pinned[0] = 7;
  REQUIRE(cudaMemcpyAsync(bytes.device, bytes.pinned, 1, cudaMemcpyHostToDevice, stream.raw) == cudaSuccess);
  REQUIRE(cudaMemcpyAsync(bytes.device + 1, bytes.device, 1, cudaMemcpyDeviceToDevice, stream.raw) == cudaSuccess);
  // Pageable memory too, once the stream has been waited for.
  std::vector<unsigned char> pageable(2);
  REQUIRE(cudaMemcpyAsync(pageable.data(), bytes.device, 2, cudaMemcpyDeviceToHost, stream.raw) == cudaSuccess);
  stream.wait();
  CHECK(pageable == std::vector<unsigned char>{7, 7});
}

TEST_CASE("events: what was never recorded is complete, and may be destroyed while pending", "[cudart][gpu]") {
  const Stream stream, other;
  const Bytes bytes;
  const Event event;
  // "If cudaEventRecord() has not been called on event, [...] the function immediately returns cudaSuccess."
  CHECK(cudaEventQuery(event.raw) == cudaSuccess);
  CHECK(cudaEventSynchronize(event.raw) == cudaSuccess);
  CHECK(cudaStreamWaitEvent(other.raw, event.raw, 0) == cudaSuccess);
  REQUIRE(cudaMemsetAsync(bytes.device, 3, kBytes, stream.raw) == cudaSuccess);
  {
    const Event pending;
    REQUIRE(cudaEventRecord(pending.raw, stream.raw) == cudaSuccess);
    REQUIRE(cudaStreamWaitEvent(other.raw, pending.raw, 0) == cudaSuccess);
  }  // "An event may be destroyed before it is complete": the other stream waits all the same
  bytes.fetch(other);
  REQUIRE(cudaEventRecord(event.raw, other.raw) == cudaSuccess);
  REQUIRE(cudaEventSynchronize(event.raw) == cudaSuccess);
  CHECK(cudaEventQuery(event.raw) == cudaSuccess);
  CHECK(static_cast<int>(bytes.pinned[0]) == 3);
}

TEST_CASE("cudaStreamWaitEvent waits for what was recorded when it was called", "[cudart][gpu]") {
  // "the most recent call to cudaEventRecord() [...] subsequent calls [...] will not have any effect on this call"
  const Stream stream, other;
  const Bytes bytes;
  const Event event;
  REQUIRE(cudaMemsetAsync(bytes.device, 4, kBytes, stream.raw) == cudaSuccess);
  REQUIRE(cudaEventRecord(event.raw, stream.raw) == cudaSuccess);
  REQUIRE(cudaStreamWaitEvent(other.raw, event.raw, 0) == cudaSuccess);
  REQUIRE(cudaEventRecord(event.raw, other.raw) == cudaSuccess);
  bytes.fetch(other);
  other.wait();
  CHECK(static_cast<int>(bytes.pinned[0]) == 4);
}

TEST_CASE("cudaEventElapsedTime wants two timed events that are complete", "[cudart][gpu]") {
  const Stream stream;
  const Bytes bytes;
  const Event before(cudaEventDefault), after(cudaEventDefault), untimed, never(cudaEventDefault);
  float milliseconds = -1;
  REQUIRE(cudaEventRecord(before.raw, stream.raw) == cudaSuccess);
  REQUIRE(cudaMemsetAsync(bytes.device, 0, kBytes, stream.raw) == cudaSuccess);
  REQUIRE(cudaEventRecord(after.raw, stream.raw) == cudaSuccess);
  REQUIRE(cudaEventRecord(untimed.raw, stream.raw) == cudaSuccess);
  stream.wait();
  CHECK(cudaEventElapsedTime(&milliseconds, before.raw, after.raw) == cudaSuccess);
  CHECK(milliseconds >= 0);
  CHECK(cudaEventElapsedTime(&milliseconds, before.raw, untimed.raw) == cudaErrorInvalidResourceHandle);
  CHECK(cudaEventElapsedTime(&milliseconds, before.raw, never.raw) == cudaErrorInvalidResourceHandle);
  cudaGetLastError();
}

TEST_CASE("cudaDeviceSynchronize waits for every stream", "[cudart][gpu]") {
  // "Blocks until the device has completed all preceding requested tasks."
  const Stream stream;
  const Bytes bytes;
  REQUIRE(cudaMemsetAsync(bytes.device, 8, kBytes, stream.raw) == cudaSuccess);
  bytes.fetch(stream);
  CHECK(cudaDeviceSynchronize() == cudaSuccess);
  CHECK(static_cast<int>(bytes.pinned[0]) == 8);
}

TEST_CASE("a stream that is destroyed still does its work", "[cudart][gpu]") {
  const Stream other;
  const Bytes bytes;
  const Event event;
  {
    const Stream stream;
    REQUIRE(cudaMemsetAsync(bytes.device, 5, kBytes, stream.raw) == cudaSuccess);
    REQUIRE(cudaEventRecord(event.raw, stream.raw) == cudaSuccess);
  }  // "the resources [...] will be released automatically once the device has completed all work"
  REQUIRE(cudaEventSynchronize(event.raw) == cudaSuccess);
  bytes.fetch(other);
  other.wait();
  CHECK(static_cast<int>(bytes.pinned[0]) == 5);
}

TEST_CASE("what is captured is not executed, and a graph replays it any number of times", "[cudart][gpu]") {
  const Stream stream;
  const Bytes bytes;
  REQUIRE(cudaMemsetAsync(bytes.device, 0, kBytes, stream.raw) == cudaSuccess);
  begin(stream);
  REQUIRE(cudaMemsetAsync(bytes.device, 9, 1, stream.raw) == cudaSuccess);
  REQUIRE(cudaMemcpyAsync(bytes.device + 1, bytes.device, 1, cudaMemcpyDeviceToDevice, stream.raw) == cudaSuccess);
  cudaGraph_t graph = nullptr;
  REQUIRE(cudaStreamEndCapture(stream.raw, &graph) == cudaSuccess);
  std::size_t nodes = 0;
  // "nodes may be NULL, in which case this function will return the number of nodes in numNodes."
  CHECK(cudaGraphGetNodes(graph, nullptr, &nodes) == cudaSuccess);
  CHECK(nodes == 2);
  bytes.fetch(stream);
  stream.wait();
  CHECK(static_cast<int>(bytes.pinned[1]) == 0);
  cudaGraphExec_t exec = nullptr;
  REQUIRE(cudaGraphInstantiate(&exec, graph, 0) == cudaSuccess);
  CHECK(cudaGraphDestroy(graph) == cudaSuccess);  // the executable graph does not need it
  CHECK(cudaGraphUpload(exec, stream.raw) == cudaSuccess);
  for (int i = 0; i < 2; ++i) {
    REQUIRE(cudaMemsetAsync(bytes.device, 0, kBytes, stream.raw) == cudaSuccess);
    REQUIRE(cudaGraphLaunch(exec, stream.raw) == cudaSuccess);
    bytes.fetch(stream);
    stream.wait();
    CHECK(static_cast<int>(bytes.pinned[1]) == 9);
  }
  CHECK(cudaGraphExecDestroy(exec) == cudaSuccess);
}

TEST_CASE("a capture is forked and joined by events", "[cudart][gpu]") {
  const Stream stream, side;
  const Bytes bytes;
  const Event fork, join;
  const auto branch = [&] {
    REQUIRE(cudaMemsetAsync(bytes.device, 1, 1, stream.raw) == cudaSuccess);
    REQUIRE(cudaEventRecord(fork.raw, stream.raw) == cudaSuccess);
    REQUIRE(cudaStreamWaitEvent(side.raw, fork.raw, 0) == cudaSuccess);
    REQUIRE(cudaMemsetAsync(bytes.device + 1, 1, 1, side.raw) == cudaSuccess);
  };
  begin(stream);
  branch();
  CHECK(end(stream) == cudaErrorStreamCaptureUnjoined);  // driver_types.h: "a fork that was not joined"
  begin(stream);
  branch();
  REQUIRE(cudaEventRecord(join.raw, side.raw) == cudaSuccess);
  REQUIRE(cudaStreamWaitEvent(stream.raw, join.raw, 0) == cudaSuccess);
  CHECK(end(stream) == cudaSuccess);
}

TEST_CASE("a capture ends where it began, once", "[cudart][gpu]") {
  const Stream stream, side;
  const Event fork;
  begin(stream);
  CHECK(cudaStreamBeginCapture(stream.raw, cudaStreamCaptureModeThreadLocal) != cudaSuccess);
  end(stream);
  begin(stream);
  REQUIRE(cudaEventRecord(fork.raw, stream.raw) == cudaSuccess);
  REQUIRE(cudaStreamWaitEvent(side.raw, fork.raw, 0) == cudaSuccess);
  CHECK(end(side) == cudaErrorStreamCaptureUnmatched);  // "The capture was not initiated in this stream."
  end(stream);
  CHECK(end(stream) != cudaSuccess);  // not capturing any more
}

TEST_CASE("what cannot be captured breaks the capture", "[cudart][gpu]") {
  // Programming Guide, "Prohibited and Unhandled Operations": the graph is invalidated, EndCapture returns an error and
  // a null graph, and takes the stream out of capture mode.
  const Stream stream, other;
  const Bytes bytes;
  const Event outside, inside;
  REQUIRE(cudaEventRecord(outside.raw, other.raw) == cudaSuccess);
  void* data = nullptr;
  SECTION("waiting for the stream") {
    begin(stream);
    CHECK(cudaStreamSynchronize(stream.raw) == cudaErrorStreamCaptureUnsupported);
  }
  SECTION("an allocation") {  // cudaThreadExchangeStreamCaptureMode: "such as a call to cudaMalloc, may be unsafe"
    begin(stream);
    CHECK(cudaMalloc(&data, kBytes) == cudaErrorStreamCaptureUnsupported);
  }
  SECTION("asking for an event that was recorded in the capture") {
    begin(stream);
    REQUIRE(cudaEventRecord(inside.raw, stream.raw) == cudaSuccess);
    CHECK(cudaEventQuery(inside.raw) == cudaErrorCapturedEvent);
  }
  SECTION("an order that crosses its border") {
    begin(stream);
    CHECK(cudaStreamWaitEvent(stream.raw, outside.raw, 0) == cudaErrorStreamCaptureIsolation);
  }
  cudaGetLastError();
  CHECK(end(stream) == cudaErrorStreamCaptureInvalidated);
  REQUIRE(cudaMemsetAsync(bytes.device, 6, kBytes, stream.raw) == cudaSuccess);  // executed again
  bytes.fetch(stream);
  stream.wait();
  CHECK(static_cast<int>(bytes.pinned[0]) == 6);
}

TEST_CASE("the mode of a capture decides what other threads may do beside it", "[cudart][gpu]") {
  const Stream stream;
  const auto allocate_elsewhere = [] {
    cudaError_t error = cudaSuccess;
    std::thread([&error] {
      void* data = nullptr;
      error = cudaMalloc(&data, kBytes);
      cudaGetLastError();
      if (data != nullptr) cudaFree(data);
    }).join();
    return error;
  };
  begin(stream, cudaStreamCaptureModeThreadLocal);  // "capture sequences in other threads are ignored" is the thread's
  CHECK(end(stream) == cudaSuccess);                // own mode; a thread's default mode is global:
  begin(stream, cudaStreamCaptureModeGlobal);
  CHECK(allocate_elsewhere() == cudaErrorStreamCaptureUnsupported);
  CHECK(end(stream) == cudaErrorStreamCaptureInvalidated);
  begin(stream, cudaStreamCaptureModeThreadLocal);  // "initiated with cudaStreamCaptureModeGlobal" only
  CHECK(allocate_elsewhere() == cudaSuccess);
  CHECK(end(stream) == cudaSuccess);
  begin(stream, cudaStreamCaptureModeRelaxed);
  void* data = nullptr;
  CHECK(cudaMalloc(&data, kBytes) == cudaSuccess);
  CHECK(end(stream) == cudaSuccess);
  CHECK(cudaFree(data) == cudaSuccess);
}

TEST_CASE("a capture that is not relaxed ends in its own thread", "[cudart][gpu]") {
  const Stream stream;
  begin(stream);
  cudaError_t error = cudaSuccess;
  std::thread([&] {
    cudaGraph_t graph = nullptr;
    error = cudaStreamEndCapture(stream.raw, &graph);
  }).join();
  CHECK(error == cudaErrorStreamCaptureWrongThread);
  end(stream);
}

TEST_CASE("devices are numbered from 0, and the current one has properties", "[cudart][gpu]") {
  int count = 0, driver = 0;
  REQUIRE(cudaGetDeviceCount(&count) == cudaSuccess);
  REQUIRE(count >= 1);
  CHECK(cudaSetDevice(count) == cudaErrorInvalidDevice);
  cudaGetLastError();
  CHECK(cudaSetDevice(0) == cudaSuccess);
  cudaDeviceProp properties;
  CHECK(cudaGetDeviceProperties(&properties, count) == cudaErrorInvalidDevice);
  cudaGetLastError();
  REQUIRE(cudaGetDeviceProperties(&properties, 0) == cudaSuccess);
  CHECK(properties.major >= 7);
  CHECK(properties.totalGlobalMem > 0);
  CHECK(std::strlen(properties.name) > 0);
  // "The version is returned as (1000 * major + 10 * minor)."
  CHECK(cudaDriverGetVersion(&driver) == cudaSuccess);
  CHECK(driver / 1000 >= CUDART_VERSION / 1000);
  CHECK(cudaProfilerStart() == cudaSuccess);
  CHECK(cudaProfilerStop() == cudaSuccess);
}
