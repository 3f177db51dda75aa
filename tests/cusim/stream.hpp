#pragma once

#include <driver_types.h>

#include <cstddef>
#include <thread>
#include <vector>

#include "tests/cusim/tasks.hpp"

/// \file
/// The objects behind CUDA's handles, and what every faked call of the runtime begins and ends with.
namespace cusim {

struct Node {
  Work work;
  std::vector<std::size_t> after;  // earlier nodes
};

/// Between cudaStreamBeginCapture and cudaStreamEndCapture.
struct Capture {
  cudaStream_t origin = nullptr;
  cudaStreamCaptureMode mode = cudaStreamCaptureModeGlobal;
  std::thread::id thread;
  std::vector<Node> nodes;
  bool broken = false;
};

/// Keeps the error for cudaGetLastError and returns it.
cudaError_t failed(cudaError_t error);
/// First line of every faked call but those that only read an error; CUSIM_CALL_WITH where it is given handles.
#define CUSIM_CALL(name) \
  if (const auto asked_for = cusim::begin_call(name)) return cusim::failed(static_cast<cudaError_t>(*asked_for))
#define CUSIM_CALL_WITH(name, ...) \
  CUSIM_CALL(name);                \
  cusim::require_all_live(__VA_ARGS__)

/// Call in what a capture must not contain or run beside (allocations): breaks every capture that forbids it.
cudaError_t unsafe_in_capture();

/// For handles that were never made or are gone, and for the legacy default stream, which nothing here may use.
void require_live(cudaStream_t stream);
void require_live(cudaEvent_t event);

template <class... Handle>
void require_all_live(Handle... handles) {
  (require_live(handles), ...);
}

}  // namespace cusim

struct CUstream_st {
  std::vector<cusim::TaskPtr> last;  // what the next task comes after
  cusim::Capture* capture = nullptr;
  std::vector<std::size_t> last_nodes;
};

struct CUevent_st {
  bool timed = true;
  cusim::TaskPtr task;  // null: never recorded
  cusim::Capture* capture = nullptr;
  std::vector<std::size_t> nodes;
};

struct CUgraph_st {
  std::vector<cusim::Node> nodes;
};

struct CUgraphExec_st {
  std::vector<cusim::Node> nodes;
  cusim::TaskPtr last_launch;
};
