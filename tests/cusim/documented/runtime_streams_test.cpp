#include <cuda_runtime_api.h>

#include "tests/cusim/documented/runtime_handles.hpp"

/// \file
/// The CUDA runtime's documentation of streams and events that the engine makes use of. The source is the comment
/// above each function's declaration in cuda_runtime_api.h of CUDA 13.0, unless another is given. Nothing here knows of
/// the simulator: the same file holds for a GPU.
using namespace cudart;

TEST_CASE("events: what was never recorded is complete, and may be destroyed while pending", "[cudart][gpu]") {
  const Stream stream, other;
  const Bytes bytes;
  const Event event;
  // "If cudaEventRecord() has not been called on event, [...] the function immediately returns cudaSuccess."
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
