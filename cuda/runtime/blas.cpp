#include "cuda/runtime/blas.hpp"

#include <fmt/format.h>

#include "dae/error.hpp"

namespace dae::cuda {
namespace {

// NVIDIA recommends it for Hopper and newer; older chips need 4 MiB.
constexpr std::size_t kWorkspace = std::size_t{32} << 20;

cublasComputeType_t compute_type(Element element, Precision precision) {
  return element == Element::f32 && precision == Precision::tf32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F;
}

}  // namespace

void check(const char* call, cublasStatus_t status) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  const std::string text = fmt::format("{} failed: {} ({}): {}", call, cublasGetStatusName(status),
                                       static_cast<int>(status), cublasGetStatusString(status));
  if (status == CUBLAS_STATUS_ALLOC_FAILED) throw MemoryError(text);
  throw DeviceError(text);
}

std::size_t Blas::workspace_bytes() { return kWorkspace; }

Blas::Blas(const Stream& stream) : workspace_(MemoryKind::device, kWorkspace) {
  check("cublasCreate", cublasCreate(&handle_));
  try {
    // The order matters: setting the stream drops the workspace.
    check("cublasSetStream", cublasSetStream(handle_, stream.get()));
    check("cublasSetWorkspace", cublasSetWorkspace(handle_, workspace_.get(), workspace_.bytes()));
  } catch (...) {
    static_cast<void>(cublasDestroy(handle_));
    throw;
  }
}

Blas::~Blas() { static_cast<void>(cublasDestroy(handle_)); }

void Blas::multiply(const Matrix& a, const Matrix& b, void* c, int rows, int columns, int inner, Element element,
                    Precision precision) const {
  // cuBLAS is column-major: what it sees is the transposed product, c' = b' a'.
  const float one = 1, zero = 0;
  const cudaDataType type = element == Element::f32 ? CUDA_R_32F : CUDA_R_16BF;
  check("cublasGemmEx", cublasGemmEx(handle_, b.transposed ? CUBLAS_OP_T : CUBLAS_OP_N,
                                     a.transposed ? CUBLAS_OP_T : CUBLAS_OP_N, columns, rows, inner, &one, b.data, type,
                                     b.transposed ? inner : columns, a.data, type, a.transposed ? rows : inner, &zero,
                                     c, type, columns, compute_type(element, precision), CUBLAS_GEMM_DEFAULT));
}

}  // namespace dae::cuda
