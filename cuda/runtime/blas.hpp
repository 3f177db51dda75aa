#pragma once

#include <cublas_v2.h>

#include <cstddef>

#include "cuda/runtime/element.hpp"
#include "cuda/runtime/memory.hpp"
#include "cuda/runtime/stream.hpp"
#include "dae/device.hpp"

namespace dae::cuda {

/// Throws DeviceError, or MemoryError, that names the call and cuBLAS' status.
void check(const char* call, cublasStatus_t status);

/// A row-major matrix on the device: `transposed` reads it the other way round.
struct Matrix {
  const void* data = nullptr;
  bool transposed = false;
};

/// Matrix products on one stream, with a workspace of its own so that a captured product allocates nothing.
class Blas {
 public:
  explicit Blas(const Stream& stream);
  Blas(const Blas&) = delete;
  Blas& operator=(const Blas&) = delete;
  ~Blas();

  /// c = a b, all row-major and of one element type: c is rows x columns, the shared extent is `inner`. Sums are fp32;
  /// tf32 lets products of fp32 numbers be rounded to TF32.
  void multiply(const Matrix& a, const Matrix& b, void* c, int rows, int columns, int inner, Element element,
                Precision precision) const;

  /// Bytes that a Blas keeps on the device.
  static std::size_t workspace_bytes();

 private:
  cublasHandle_t handle_ = nullptr;
  RawMemory workspace_;
};

}  // namespace dae::cuda
