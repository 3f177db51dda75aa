#include "tests/cusim/stream.hpp"

#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "tests/cusim/engine.hpp"
#include "tests/cusim/runtime.hpp"

namespace cusim {
namespace {

struct Failure {
  std::string name;
  std::uint64_t left = 0;
  int status = 0;
} failure;

Counts counted;
std::map<std::string, std::int64_t> objects;
cudaError_t last_error = cudaSuccess;

}  // namespace

std::optional<int> begin_call(const char* name) {
  if (on_device()) bug(fmt::format("{} is called by work on the device", name));
  ++counted.calls[name];
  advance();
  if (failure.left == 0 || (!failure.name.empty() && failure.name != name) || --failure.left > 0) return std::nullopt;
  return failure.status;
}

void fail_call(const std::string& name, std::uint64_t nth, int status) { failure = {name, nth, status}; }

const Counts& counts() { return counted; }

void reset_counts() { counted = {}; }

void count_context(int device) { counted.contexts.insert(device); }

void count_work(const std::string& name) {
  ++counted.work[name];
  counted.sequence.push_back(name);
}

const std::map<std::string, std::int64_t>& live_objects() { return objects; }

void count_object(const char* kind, int change) {
  if ((objects[kind] += change) == 0) objects.erase(kind);
}

void bug(const std::string& what) {
  const std::string where = running_thread();
  fmt::print(stderr, "cusim: {}{}{}\n", what, where.empty() ? "" : ": ", where);
  std::fflush(stderr);
  std::abort();
}

cudaError_t failed(cudaError_t error) {
  if (error != cudaSuccess) last_error = error;
  return error;
}

}  // namespace cusim

extern "C" {

cudaError_t cudaGetLastError() { return std::exchange(cusim::last_error, cudaSuccess); }

/// Those that tests read; messages give the number too.
const char* cudaGetErrorName(cudaError_t error) {
  if (error == cudaErrorMemoryAllocation) return "cudaErrorMemoryAllocation";
  return error == cudaErrorStreamCaptureInvalidated ? "cudaErrorStreamCaptureInvalidated" : "another cudaError_t";
}

const char* cudaGetErrorString(cudaError_t error) {
  return error == cudaSuccess ? "no error" : "as asked for by cusim";
}

}  // extern "C"
