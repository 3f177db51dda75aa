#include <cublas_v2.h>

#include <limits>

#include "tests/cusim/documented/device_numbers.hpp"

/// \file
/// cuBLAS' documentation of the calls that the engine makes ("cuBLAS Library", sections 2.4.1 cublasCreate,
/// 2.4.7 cublasSetStream, 2.4.8 cublasSetWorkspace, 2.8.12 cublasGemmEx). Needs a GPU or the simulator of one.
using namespace documented;

namespace {

struct Handle {
  explicit Handle(const Stream& stream) {
    REQUIRE(cublasCreate(&raw) == CUBLAS_STATUS_SUCCESS);
    REQUIRE(cublasSetStream(raw, stream.get()) == CUBLAS_STATUS_SUCCESS);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { cublasDestroy(raw); }
  cublasHandle_t raw = nullptr;
};

/// c = op(a) op(b) + beta c for fp32, m = 2, n = 3, k = 2.
cublasStatus_t multiply(const Handle& handle, cublasOperation_t ta, const DeviceNumbers& a, const DeviceNumbers& b,
                        float beta, const DeviceNumbers& c, int ldc = 2) {
  const float one = 1;
  return cublasGemmEx(handle.raw, ta, CUBLAS_OP_N, 2, 3, 2, &one, a.get(), CUDA_R_32F, 2, b.get(), CUDA_R_32F, 2, &beta,
                      c.get(), CUDA_R_32F, ldc, CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT);
}

}  // namespace

TEST_CASE("matrices lie column by column", "[cublas][gpu]") {
  const Stream stream;
  const Handle handle(stream);
  const DeviceNumbers a(stream, {1, 2, 3, 4});           // 1 3 / 2 4
  const DeviceNumbers b(stream, {1, 0, 0, 1, 10, 100});  // 1 0 10 / 0 1 100
  const DeviceNumbers c(stream, std::vector<float>(6, std::numeric_limits<float>::quiet_NaN()));
  // With beta 0 C need not hold numbers.
  REQUIRE(multiply(handle, CUBLAS_OP_N, a, b, 0, c) == CUBLAS_STATUS_SUCCESS);
  CHECK(c.read() == std::vector<float>{1, 2, 3, 4, 310, 420});
  REQUIRE(multiply(handle, CUBLAS_OP_N, a, b, 1, c) == CUBLAS_STATUS_SUCCESS);
  CHECK(c.read() == std::vector<float>{2, 4, 6, 8, 620, 840});
  REQUIRE(multiply(handle, CUBLAS_OP_T, a, b, 0, c) == CUBLAS_STATUS_SUCCESS);
  CHECK(c.read() == std::vector<float>{1, 3, 2, 4, 210, 430});
}

TEST_CASE("a leading dimension shorter than a column is refused", "[cublas][gpu]") {
  const Stream stream;
  const Handle handle(stream);
  const DeviceNumbers a(stream, {1, 2, 3, 4}), b(stream, {1, 0, 0, 1, 10, 100}), c(stream, std::vector<float>(6, -1));
  CHECK(multiply(handle, CUBLAS_OP_N, a, b, 0, c, 1) == CUBLAS_STATUS_INVALID_VALUE);
  CHECK(c.read() == std::vector<float>(6, -1));
  CHECK(std::string(cublasGetStatusName(CUBLAS_STATUS_INVALID_VALUE)) == "CUBLAS_STATUS_INVALID_VALUE");
}

TEST_CASE("a workspace is aligned to 256 bytes and lets a product be captured", "[cublas][gpu]") {
  const Stream stream;
  const Handle handle(stream);
  constexpr std::size_t bytes = std::size_t{4} << 20;
  const DeviceNumbers workspace(stream, std::vector<float>(bytes / sizeof(float)));
  CHECK(cublasSetWorkspace(handle.raw, static_cast<char*>(workspace.get()) + 16, bytes - 16) ==
        CUBLAS_STATUS_INVALID_VALUE);
  REQUIRE(cublasSetWorkspace(handle.raw, workspace.get(), bytes) == CUBLAS_STATUS_SUCCESS);
  const DeviceNumbers a(stream, {1, 2, 3, 4}), b(stream, {1, 0, 0, 1, 10, 100}), c(stream, std::vector<float>(6, -1));
  REQUIRE(multiply(handle, CUBLAS_OP_N, a, b, 0, c) == CUBLAS_STATUS_SUCCESS);  // loads the kernels
  const DeviceNumbers other(stream, std::vector<float>(6, -1));
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t exec = nullptr;
  REQUIRE(cudaStreamBeginCapture(stream.get(), cudaStreamCaptureModeThreadLocal) == cudaSuccess);
  CHECK(multiply(handle, CUBLAS_OP_N, a, b, 0, other) == CUBLAS_STATUS_SUCCESS);
  REQUIRE(cudaStreamEndCapture(stream.get(), &graph) == cudaSuccess);
  CHECK(other.read() == std::vector<float>(6, -1));
  REQUIRE(cudaGraphInstantiate(&exec, graph, 0) == cudaSuccess);
  REQUIRE(cudaGraphLaunch(exec, stream.get()) == cudaSuccess);
  CHECK(other.read() == std::vector<float>{1, 2, 3, 4, 310, 420});
  CHECK(cudaGraphExecDestroy(exec) == cudaSuccess);
  CHECK(cudaGraphDestroy(graph) == cudaSuccess);
}
