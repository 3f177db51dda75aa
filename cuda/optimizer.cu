#include "cuda/element.cuh"

#include "cuda/optimizer.hpp"

namespace dae::cuda {
namespace {

/// One thread four numbers.
template <class T>
__global__ void __launch_bounds__(kThreads) adam_kernel(AdamOperands o) {
  if (o.control->totals.bad_step != 0) return;
  const Rates rates = o.control->rates;
  using Four = Pack<float, 4>;
  Four *weights = reinterpret_cast<Four*>(o.weights), *all_m = reinterpret_cast<Four*>(o.m),
       *all_v = reinterpret_cast<Four*>(o.v);
  for (std::size_t i = first_item(); i < o.size / 4; i += item_stride()) {
    float g[4];
    if (i < o.split / 4) {
      const Pack<T, 4> gradient = static_cast<const Pack<T, 4>*>(o.weight_gradients)[i];
      for (int k = 0; k < 4; ++k) g[k] = to_float(gradient.items[k]);
    } else {
      const Four gradient = reinterpret_cast<const Four*>(o.bias_gradients)[i - o.split / 4];
      for (int k = 0; k < 4; ++k) g[k] = gradient.items[k];
    }
    Four w = weights[i], m = all_m[i], v = all_v[i];
    for (int k = 0; k < 4; ++k) {
      m.items[k] = rates.beta1 * m.items[k] + (1.0f - rates.beta1) * g[k];
      v.items[k] = rates.beta2 * v.items[k] + (1.0f - rates.beta2) * g[k] * g[k];
      w.items[k] -= rates.factor * m.items[k] / (sqrtf(v.items[k]) + rates.epsilon);
    }
    weights[i] = w;
    all_m[i] = m;
    all_v[i] = v;
  }
}

}  // namespace

void adam(cudaStream_t stream, const AdamOperands& operands, Element element) {
  with_type(element, [&](auto zero) {
    launch("adam_kernel", stream, grid_for(operands.size / 4), adam_kernel<decltype(zero)>, operands);
  });
}

}  // namespace dae::cuda
