#include <cublas_v2.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#include "tests/cusim/cudnn/compute.hpp"
#include "tests/cusim/runtime.hpp"

/// \file
/// The fake cuBLAS ("cuBLAS Library", https://docs.nvidia.com/cuda/cublas): what the engine calls of it, and no more.
/// Matrices lie column by column.

struct cublasContext {
  cudaStream_t stream = nullptr;
  void* workspace = nullptr;
  std::size_t workspace_bytes = 0;
};

namespace {

using cusim::cudnn::load;
using cusim::cudnn::store;
using cusim::cudnn::tf32;

constexpr const char* kHandles = "cuBLAS handle";
constexpr std::size_t kWorkspaceAlignment = 256;
/// Products write it into their workspace, so that nobody relies on what lies there.
constexpr std::size_t kScribbled = 4096;

struct Operand {
  const void* data;
  cudaDataType type;
  int rows, columns, leading;  // as stored

  [[nodiscard]] std::size_t element_bytes() const { return type == CUDA_R_32F ? 4 : 2; }
  [[nodiscard]] std::size_t bytes() const {
    if (rows == 0 || columns == 0) return 0;
    return (static_cast<std::size_t>(columns - 1) * static_cast<std::size_t>(leading) +
            static_cast<std::size_t>(rows)) *
           element_bytes();
  }
  [[nodiscard]] std::size_t index(int row, int column) const {
    return static_cast<std::size_t>(column) * static_cast<std::size_t>(leading) + static_cast<std::size_t>(row);
  }
  [[nodiscard]] cudnnDataType_t element() const { return type == CUDA_R_32F ? CUDNN_DATA_FLOAT : CUDNN_DATA_BFLOAT16; }
  void check(const char* name) const { cusim::require_device_memory(data, bytes(), element_bytes(), name); }
  [[nodiscard]] float at(int row, int column) const { return load(data, index(row, column), element()); }
};

/// op(matrix) column by column without gaps.
std::vector<float> dense(const Operand& matrix, bool transposed, bool rounded) {
  const int rows = transposed ? matrix.columns : matrix.rows, columns = transposed ? matrix.rows : matrix.columns;
  std::vector<float> numbers;
  for (int column = 0; column < columns; ++column)
    for (int row = 0; row < rows; ++row) {
      const float value = transposed ? matrix.at(column, row) : matrix.at(row, column);
      numbers.push_back(rounded ? tf32(value) : value);
    }
  return numbers;
}

struct Product {
  Operand a, b, c;
  bool a_transposed, b_transposed, rounded;
  int inner;
  float alpha, beta;
  cublasContext context;

  void run() const {
    a.check("cublasGemmEx: A");
    b.check("cublasGemmEx: B");
    c.check("cublasGemmEx: C");
    if (context.workspace != nullptr) {
      cusim::require_device_memory(context.workspace, context.workspace_bytes, kWorkspaceAlignment,
                                   "cublasGemmEx: workspace");
      std::memset(context.workspace, 0xFF, std::min(context.workspace_bytes, kScribbled));
    }
    const std::vector<float> left = dense(a, a_transposed, rounded), right = dense(b, b_transposed, rounded);
    const auto rows = static_cast<std::size_t>(c.rows), depth = static_cast<std::size_t>(inner);
    for (int column = 0; column < c.columns; ++column) {
      std::vector<float> sums(rows);
      for (std::size_t k = 0; k < depth; ++k)
        for (std::size_t row = 0; row < rows; ++row)
          sums[row] += left[k * rows + row] * right[static_cast<std::size_t>(column) * depth + k];
      for (int row = 0; row < c.rows; ++row) {
        // C is not read where beta is 0.
        const float value = alpha * sums[static_cast<std::size_t>(row)] + (beta == 0 ? 0 : beta * c.at(row, column));
        store(const_cast<void*>(c.data), c.index(row, column), c.element(), value);
      }
    }
  }
};

}  // namespace

#define CUBLAS_CALL(name, handle, missing)                                                      \
  if (const auto status = cusim::begin_call(name)) return static_cast<cublasStatus_t>(*status); \
  if (handle == nullptr) return missing

extern "C" {

cublasStatus_t cublasCreate_v2(cublasHandle_t* handle) {
  CUBLAS_CALL("cublasCreate", handle, CUBLAS_STATUS_INVALID_VALUE);
  *handle = new cublasContext;
  cusim::count_object(kHandles, 1);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasDestroy_v2(cublasHandle_t handle) {
  CUBLAS_CALL("cublasDestroy", handle, CUBLAS_STATUS_NOT_INITIALIZED);
  delete handle;
  cusim::count_object(kHandles, -1);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, cudaStream_t stream) {
  CUBLAS_CALL("cublasSetStream", handle, CUBLAS_STATUS_NOT_INITIALIZED);
  *handle = {stream};  // "unconditionally resets the cuBLAS library workspace back to the default workspace pool"
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetWorkspace_v2(cublasHandle_t handle, void* workspace, std::size_t bytes) {
  CUBLAS_CALL("cublasSetWorkspace", handle, CUBLAS_STATUS_NOT_INITIALIZED);
  if (reinterpret_cast<std::uintptr_t>(workspace) % kWorkspaceAlignment != 0) return CUBLAS_STATUS_INVALID_VALUE;
  handle->workspace = workspace;
  handle->workspace_bytes = bytes;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m, int n,
                            int k, const void* alpha, const void* a, cudaDataType a_type, int lda, const void* b,
                            cudaDataType b_type, int ldb, const void* beta, void* c, cudaDataType c_type, int ldc,
                            cublasComputeType_t compute, cublasGemmAlgo_t) {
  CUBLAS_CALL("cublasGemmEx", handle, CUBLAS_STATUS_NOT_INITIALIZED);
  const bool ta = transa != CUBLAS_OP_N, tb = transb != CUBLAS_OP_N;
  const bool sizes_fit = m >= 0 && n >= 0 && k >= 0 && lda >= std::max(1, ta ? k : m) &&
                         ldb >= std::max(1, tb ? n : k) && ldc >= std::max(1, m);
  if (!sizes_fit || alpha == nullptr || beta == nullptr) return CUBLAS_STATUS_INVALID_VALUE;
  const bool one_type = a_type == b_type && b_type == c_type && (a_type == CUDA_R_32F || a_type == CUDA_R_16BF);
  const bool rounded = compute == CUBLAS_COMPUTE_32F_FAST_TF32;
  if (!one_type || (compute != CUBLAS_COMPUTE_32F && !rounded)) return CUBLAS_STATUS_NOT_SUPPORTED;
  if ((a_type == CUDA_R_16BF || rounded) && cusim::gpu().architecture < 80) return CUBLAS_STATUS_ARCH_MISMATCH;
  // "capturing cuBLAS routines can create memory allocation graph nodes"
  if (handle->workspace == nullptr && cusim::capturing(handle->stream))
    cusim::bug("cublasGemmEx was captured without a workspace: every replay would allocate");
  const Product product{{a, a_type, ta ? k : m, ta ? m : k, lda},
                        {b, b_type, tb ? n : k, tb ? k : n, ldb},
                        {c, c_type, m, n, ldc},
                        ta,
                        tb,
                        rounded,
                        k,
                        *static_cast<const float*>(alpha),
                        *static_cast<const float*>(beta),
                        *handle};
  const cudaError_t error = cusim::enqueue(handle->stream, "cublasGemmEx", [product] { product.run(); });
  return error == cudaSuccess ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_EXECUTION_FAILED;
}

/// The one that a test reads; messages give the number too.
const char* cublasGetStatusName(cublasStatus_t status) {
  return status == CUBLAS_STATUS_INVALID_VALUE ? "CUBLAS_STATUS_INVALID_VALUE" : "another cublasStatus_t";
}

const char* cublasGetStatusString(cublasStatus_t) { return "the simulator says no"; }

}  // extern "C"
