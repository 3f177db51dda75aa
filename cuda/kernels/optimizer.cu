#include "cuda/kernels/element.cuh"

#include <cub/block/block_reduce.cuh>

#include "cuda/kernels/optimizer.hpp"

namespace dae::cuda {
namespace {

using Four = Pack<float, 4>;

/// Four neighbouring gradients.
template <class T>
__device__ inline Four gradients_at(const UpdateOperands& o, std::size_t i) {
  if (i >= o.split / 4) return reinterpret_cast<const Four*>(o.bias_gradients)[i - o.split / 4];
  const Pack<T, 4> gradient = static_cast<const Pack<T, 4>*>(o.weight_gradients)[i];
  Four g;
  for (int k = 0; k < 4; ++k) g.items[k] = to_float(gradient.items[k]);
  return g;
}

/// Each block sums the squares of its share, always the same one.
template <class T>
__global__ void __launch_bounds__(kThreads) norm_kernel(UpdateOperands o) {
  using Reduce = cub::BlockReduce<double, kThreads>;
  __shared__ typename Reduce::TempStorage storage;
  double sum = 0;
  for (std::size_t i = first_item(); i < o.size / 4; i += item_stride()) {
    const Four g = gradients_at<T>(o, i);
    float squares = 0;
    for (int k = 0; k < 4; ++k) squares += g.items[k] * g.items[k];
    sum += static_cast<double>(squares);
  }
  sum = Reduce(storage).Sum(sum);
  if (threadIdx.x == 0) o.norm_partials[blockIdx.x] = sum;
}

__global__ void __launch_bounds__(kThreads) clip_kernel(UpdateOperands o) {
  if (threadIdx.x != 0) return;
  double sum = 0;
  for (unsigned block = 0; block < kNormBlocks; ++block) sum += o.norm_partials[block];
  Rates& rates = o.params->rates;
  const double norm = sqrt(sum), limit = static_cast<double>(rates.clip_norm);
  rates.gradient_scale = norm > limit ? static_cast<float>(limit / norm) : 1.0f;
}

/// Stores the word that the host polls. It stands alone, so that nothing has to wait until it has crossed the bus.
__device__ inline void tell_progress(const Totals& totals) {
  if (totals.progress == nullptr) return;
  const float so_far = static_cast<float>(totals.loss / static_cast<double>(totals.samples));
  *static_cast<volatile std::uint64_t*>(totals.progress) =
      (totals.steps << 32) | static_cast<std::uint64_t>(__float_as_uint(so_far));
}

/// One thread four numbers. What the optimizer is, is the same for all threads.
template <class T>
__global__ void __launch_bounds__(kThreads) update_kernel(UpdateOperands o) {
  if (first_item() == 0) tell_progress(o.params->totals);
  if (o.params->totals.bad_step != 0) return;
  const Rates rates = o.params->rates;
  const float scale = rates.clip_norm > 0.0f ? rates.gradient_scale : 1.0f;
  Four *weights = reinterpret_cast<Four*>(o.weights), *all_m = reinterpret_cast<Four*>(o.m),
       *all_v = reinterpret_cast<Four*>(o.v), *averages = reinterpret_cast<Four*>(o.average);
  for (std::size_t i = first_item(); i < o.size / 4; i += item_stride()) {
    const Four g = gradients_at<T>(o, i);
    Four w = weights[i], m = all_m[i];
    for (int k = 0; k < 4; ++k) w.items[k] -= rates.shrink * w.items[k];
    if (rates.kind == OptimizerKind::adam) {
      Four v = all_v[i];
      for (int k = 0; k < 4; ++k) {
        const float gradient = g.items[k] * scale;
        m.items[k] = rates.beta1 * m.items[k] + (1.0f - rates.beta1) * gradient;
        v.items[k] = rates.beta2 * v.items[k] + (1.0f - rates.beta2) * gradient * gradient;
        w.items[k] -= rates.factor * m.items[k] / (sqrtf(v.items[k]) + rates.epsilon);
      }
      all_v[i] = v;
    } else {
      for (int k = 0; k < 4; ++k) {
        m.items[k] = rates.beta1 * m.items[k] + g.items[k] * scale;
        w.items[k] -= rates.factor * m.items[k];
      }
    }
    weights[i] = w;
    all_m[i] = m;
    if (rates.average_gain == 0.0f) continue;
    Four average = averages[i];
    for (int k = 0; k < 4; ++k) average.items[k] += rates.average_gain * (w.items[k] - average.items[k]);
    averages[i] = average;
  }
}

}  // namespace

void clip_gradients(cudaStream_t stream, const UpdateOperands& operands, Element element) {
  with_type(element, [&](auto zero) {
    launch("norm_kernel", stream, {dim3(kNormBlocks), dim3(kThreads)}, norm_kernel<decltype(zero)>, operands);
  });
  launch("clip_kernel", stream, {dim3(1), dim3(kThreads)}, clip_kernel, operands);
}

void update_weights(cudaStream_t stream, const UpdateOperands& operands, Element element) {
  with_type(element, [&](auto zero) {
    launch("update_kernel", stream, grid_for(operands.size / 4), update_kernel<decltype(zero)>, operands);
  });
}

}  // namespace dae::cuda
