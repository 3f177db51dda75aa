#include "cuda/kernels/step_params.cuh"

namespace dae::cuda {
namespace {

template <class T>
__global__ void store_kernel(T* to, T value) {
  *to = value;
}

template <class T>
void store_part(cudaStream_t stream, T* to, const T& value) {
  launch("store_kernel", stream, {dim3(1), dim3(1)}, store_kernel<T>, to, value);
}

}  // namespace

void store(cudaStream_t stream, Batch* to, const Batch& value) { store_part(stream, to, value); }
void store(cudaStream_t stream, Totals* to, const Totals& value) { store_part(stream, to, value); }
void store(cudaStream_t stream, Rates* to, const Rates& value) { store_part(stream, to, value); }
void store(cudaStream_t stream, AnnouncedRates* to, const AnnouncedRates& value) { store_part(stream, to, value); }
void store(cudaStream_t stream, Training* to, const Training& value) { store_part(stream, to, value); }
void store(cudaStream_t stream, float** to, float* value) { store_part(stream, to, value); }

}  // namespace dae::cuda
