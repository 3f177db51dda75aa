#include "cuda/kernels/element.cuh"

#include <cub/block/block_reduce.cuh>

#include "cuda/kernels/loss.hpp"
#include "cuda/kernels/sigmoid.cuh"
#include "cuda/kernels/ssim.hpp"
#include "cuda/kernels/step_params.cuh"

namespace dae::cuda {
namespace {

enum class Kind { bce, mse, dot, l1, charbonnier };

struct Part {
  float loss, grad, output;
};

/// Loss of one element, its derivative with respect to z, and the network's output.
template <Kind kKind>
__device__ inline Part evaluate(float z, float t, float epsilon) {
  if constexpr (kKind == Kind::bce) {
    const float e = expf(-fabsf(z)), y = sigmoid(z, e);
    return {fmaxf(z, 0.0f) - z * t + log1pf(e), y - t, y};
  } else if constexpr (kKind == Kind::mse) {
    return {(z - t) * (z - t), 2.0f * (z - t), z};
  } else if constexpr (kKind == Kind::l1) {
    return {fabsf(z - t), z < t ? -1.0f : z > t ? 1.0f : 0.0f, z};
  } else if constexpr (kKind == Kind::charbonnier) {
    const float length = sqrtf((z - t) * (z - t) + epsilon * epsilon);
    return {length, (z - t) / length, z};
  } else {
    return {z * t, t, z};
  }
}

/// Block blockIdx.x handles part blockIdx.x % chunks of sample blockIdx.x / chunks.
template <class T, Kind kKind, bool kGradient>
__global__ void __launch_bounds__(kThreads)
    loss_kernel(const T* __restrict__ last, const float* __restrict__ target, T* __restrict__ gradient,
                LossPartial* __restrict__ partials, const StepParams* params, unsigned samples, std::size_t size,
                unsigned chunks, float epsilon) {
  using Reduce = cub::BlockReduce<float, kThreads>;
  __shared__ typename Reduce::TempStorage loss_storage, error_storage;
  const unsigned sample = blockIdx.x / chunks, chunk = blockIdx.x % chunks;
  const unsigned live = live_samples(params->batch, samples);
  const std::size_t length = (size + chunks - 1) / chunks, first = chunk * length;
  const std::size_t end = first + length < size ? first + length : size;
  const float scale = 1.0f / (static_cast<float>(kKind == Kind::dot ? 1 : size) * static_cast<float>(live));
  float loss = 0, error = 0;
  for (std::size_t i = first + threadIdx.x; i < end; i += kThreads) {
    const std::size_t at = sample * size + i;
    if (sample >= live) {
      if constexpr (kGradient) gradient[at] = from_float<T>(0.0f);
      continue;
    }
    const float t = target[at];
    const Part part = evaluate<kKind>(to_float(last[at]), t, epsilon);
    loss += part.loss;
    error += (part.output - t) * (part.output - t);
    if constexpr (kGradient) gradient[at] = from_float<T>(part.grad * scale);
  }
  loss = Reduce(loss_storage).Sum(loss);
  error = Reduce(error_storage).Sum(error);
  if (threadIdx.x == 0) partials[blockIdx.x] = {loss, error};
}

template <Kind kKind>
void launch_loss(cudaStream_t stream, const LossOperands& o, const StepParams* params, const Shape& output,
                 Element element, float epsilon = 0) {
  const unsigned chunks = loss_chunks(output), samples = static_cast<unsigned>(output.n);
  with_type(element, [&](auto zero) {
    using T = decltype(zero);
    launch("loss_kernel", stream, {dim3(samples * chunks), dim3(kThreads)},
           o.gradient != nullptr ? loss_kernel<T, kKind, true> : loss_kernel<T, kKind, false>,
           static_cast<const T*>(o.last), o.target, static_cast<T*>(o.gradient), o.partials, params, samples,
           output.sample_size(), chunks, epsilon);
  });
}

}  // namespace

std::size_t loss_scratch(const Loss& loss, const Shape& output) {
  return std::holds_alternative<Ssim>(loss) ? ssim_scratch(output) : 0;
}

void loss(cudaStream_t stream, const Loss& loss, const LossOperands& operands, const StepParams* params,
          const Shape& output, Element element) {
  struct Launch {
    cudaStream_t stream;
    const LossOperands& operands;
    const StepParams* params;
    const Shape& output;
    Element element;
    void operator()(const Bce&) const { launch_loss<Kind::bce>(stream, operands, params, output, element); }
    void operator()(const Mse&) const { launch_loss<Kind::mse>(stream, operands, params, output, element); }
    void operator()(const Dot&) const { launch_loss<Kind::dot>(stream, operands, params, output, element); }
    void operator()(const L1&) const { launch_loss<Kind::l1>(stream, operands, params, output, element); }
    void operator()(const Charbonnier& each) const {
      launch_loss<Kind::charbonnier>(stream, operands, params, output, element, each.epsilon);
    }
    void operator()(const Ssim&) const { ssim_loss(stream, operands, params, output, element); }
  };
  std::visit(Launch{stream, operands, params, output, element}, loss);
}

}  // namespace dae::cuda
