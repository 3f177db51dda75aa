#include <cuda_runtime_api.h>

#include <thread>

#include "tests/cusim/documented/runtime_handles.hpp"

/// \file
/// The CUDA runtime's documentation of captures and graphs that the engine makes use of. The source is the comment
/// above each function's declaration in cuda_runtime_api.h of CUDA 13.0, unless another is given. Nothing here knows of
/// the simulator: the same file holds for a GPU.
using namespace cudart;

namespace {

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
    CHECK(cudaEventSynchronize(inside.raw) == cudaErrorCapturedEvent);
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
