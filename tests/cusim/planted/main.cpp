#include <cublas_v2.h>
#include <fmt/format.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include "tests/cusim/planted/kernels.cuh"
#include "tests/cusim/runtime.hpp"

/// \file
/// Runs one bug, or the same program without it: planted BUG [fixed]. The simulator, or a sanitizer, must end the
/// program at the first and find nothing in the second; what nobody finds is printed as "not found".
namespace planted {
namespace {

constexpr unsigned kThreads = 64;

void check(const char* call, cudaError_t error) { dae::cuda::check(call, error); }

struct Device {
  cudaStream_t stream = nullptr, other = nullptr;
  cudaEvent_t event = nullptr;
  float *numbers = nullptr, *result = nullptr, *pinned = nullptr;  // 64 floats each, numbers all 1

  Device() {
    check("cudaStreamCreateWithFlags", cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    check("cudaStreamCreateWithFlags", cudaStreamCreateWithFlags(&other, cudaStreamNonBlocking));
    check("cudaEventCreateWithFlags", cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
    for (float** each : {&numbers, &result})
      check("cudaMalloc", cudaMalloc(reinterpret_cast<void**>(each), kThreads * sizeof(float)));
    check("cudaHostAlloc",
          cudaHostAlloc(reinterpret_cast<void**>(&pinned), kThreads * sizeof(float), cudaHostAllocDefault));
    start(set_kernel, numbers, 1.0f);
    start(set_kernel, result, 0.0f);
    wait();
  }
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  ~Device() {
    cudaFree(numbers);
    cudaFree(result);
    cudaFreeHost(pinned);
    cudaEventDestroy(event);
    cudaStreamDestroy(stream);
    cudaStreamDestroy(other);
  }
  template <class... P, class... A>
  void start(void (*kernel)(P...), A... arguments) const {
    dae::cuda::launch("kernel", stream, {dim3(1), dim3(kThreads)}, kernel, arguments...);
  }
  void wait() const { check("cudaStreamSynchronize", cudaStreamSynchronize(stream)); }
  [[nodiscard]] float first(cudaStream_t on) const {
    check("cudaMemcpyAsync", cudaMemcpyAsync(pinned, result, sizeof(float), cudaMemcpyDeviceToHost, on));
    check("cudaStreamSynchronize", cudaStreamSynchronize(on));
    return *pinned;
  }
};

/// Fails the program where a bug shows in the numbers.
void expect(float got, float wanted) {
  if (got == wanted) return;
  fmt::print("wrong result: {} instead of {}\n", got, wanted);
  std::exit(3);
}

template <bool kBug>
void missing_barrier(const Device& d) {
  d.start(planted::missing_barrier<kBug>, d.numbers, d.result);
  expect(d.first(d.stream), kThreads);
}

template <bool kBug>
void block_race(const Device& d) {
  dae::cuda::launch("kernel", d.stream, {dim3(8), dim3(kThreads)}, planted::block_race<kBug>, d.result);
  expect(d.first(d.stream), 8);
}

template <bool kBug>
void beyond_global(const Device& d) {
  dae::cuda::launch("kernel", d.stream, {dim3(2), dim3(kThreads)}, planted::beyond_global<kBug>, d.result, kThreads);
  expect(d.first(d.stream), 1);
}

template <bool kBug>
void beyond_shared(const Device& d) {
  d.start(planted::beyond_shared<kBug>, d.result);
  expect(d.first(d.stream), 1);
}

template <bool kBug>
void misaligned_load(const Device& d) {
  dae::cuda::launch("kernel", d.stream, {dim3(1), dim3(8)}, planted::misaligned_load<kBug>, d.numbers,
                    reinterpret_cast<Four*>(d.result));
  expect(d.first(d.stream), 1);
}

template <bool kBug>
void divergent_barrier(const Device& d) {
  d.start(planted::divergent_barrier<kBug>, d.result);
  expect(d.first(d.stream), 1);
}

template <bool kBug>
void exited_lane(const Device& d) {
  d.start(planted::exited_lane<kBug>, d.result);
  expect(d.first(d.stream), 1);
}

template <bool kBug>
void host_reads(const Device& d) {
  expect(kBug ? *static_cast<volatile float*>(d.result) : d.first(d.stream), 0);
}

template <bool kBug>
void missing_event(const Device& d) {
  d.start(set_kernel, d.result, 5.0f);
  check("cudaEventRecord", cudaEventRecord(d.event, d.stream));
  if (!kBug) check("cudaStreamWaitEvent", cudaStreamWaitEvent(d.other, d.event, 0));
  expect(d.first(d.other), 5);
}

template <bool kBug>
void allocation_in_capture(const Device& d) {
  void* memory = nullptr;
  cudaGraph_t graph = nullptr;
  if (!kBug) check("cudaMalloc", cudaMalloc(&memory, 4));
  check("cudaStreamBeginCapture", cudaStreamBeginCapture(d.stream, cudaStreamCaptureModeThreadLocal));
  d.start(set_kernel, d.result, 5.0f);
  if (kBug) static_cast<void>(cudaMalloc(&memory, 4));
  check("cudaStreamEndCapture", cudaStreamEndCapture(d.stream, &graph));
}

template <bool kBug>
void product_without_workspace(const Device& d) {
  cublasHandle_t handle = nullptr;
  void* workspace = nullptr;
  cudaGraph_t graph = nullptr;
  const float one = 1, zero = 0;
  check("cudaMalloc", cudaMalloc(&workspace, 4096));
  if (cublasCreate(&handle) != CUBLAS_STATUS_SUCCESS) std::exit(2);
  if (cublasSetStream(handle, d.stream) != CUBLAS_STATUS_SUCCESS) std::exit(2);
  if (!kBug && cublasSetWorkspace(handle, workspace, 4096) != CUBLAS_STATUS_SUCCESS) std::exit(2);
  check("cudaStreamBeginCapture", cudaStreamBeginCapture(d.stream, cudaStreamCaptureModeThreadLocal));
  const cublasStatus_t status =
      cublasGemmEx(handle, CUBLAS_OP_N, CUBLAS_OP_N, 2, 2, 2, &one, d.numbers, CUDA_R_32F, 2, d.numbers, CUDA_R_32F, 2,
                   &zero, d.result, CUDA_R_32F, 2, CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT);
  check("cudaStreamEndCapture", cudaStreamEndCapture(d.stream, &graph));
  if (status != CUBLAS_STATUS_SUCCESS) std::exit(2);
}

struct Program {
  const char* name;
  void (*with_bug)(const Device&);
  void (*fixed)(const Device&);
};

#define PLANTED(name) \
  Program { #name, name < true>, name < false> }
constexpr Program kPrograms[] = {PLANTED(missing_barrier),
                                 PLANTED(block_race),
                                 PLANTED(beyond_global),
                                 PLANTED(beyond_shared),
                                 PLANTED(misaligned_load),
                                 PLANTED(divergent_barrier),
                                 PLANTED(exited_lane),
                                 PLANTED(host_reads),
                                 PLANTED(missing_event),
                                 PLANTED(allocation_in_capture),
                                 PLANTED(product_without_workspace)};

}  // namespace
}  // namespace planted

int main(int argc, char** argv) {
  // CTest takes a program that aborts for failed, whatever it printed.
  std::signal(SIGABRT, [](int) { std::_Exit(3); });
  const std::string_view wanted = argc > 1 ? argv[1] : "";
  for (const planted::Program& program : planted::kPrograms) {
    if (wanted != program.name) continue;
    const planted::Device device;
    const bool fixed = argc > 2;
    try {
      (fixed ? program.fixed : program.with_bug)(device);
    } catch (const std::exception& error) {
      fmt::print("{}\n", error.what());
      return 3;
    }
    fmt::print("{}: {}\n", program.name, fixed ? "nothing found, as it must be" : "NOT FOUND");
    return 0;
  }
  fmt::print(stderr, "usage: planted BUG [fixed]\n");
  return 2;
}
