#include "cuda/kernels/element.cuh"

#include <cub/block/block_reduce.cuh>

#include "cuda/kernels/loss.hpp"
#include "cuda/kernels/sigmoid.cuh"
#include "cuda/kernels/ssim.hpp"
#include "cuda/kernels/step_params.cuh"

namespace dae::cuda {
namespace {

/// Loss of one element, its derivative with respect to what the last layer gave, and the network's output.
struct Term {
  float loss, grad, output;
};

__device__ inline Term term(const Bce&, float z, float t) {
  const float e = expf(-fabsf(z)), y = sigmoid(z, e);
  return {fmaxf(z, 0.0f) - z * t + log1pf(e), y - t, y};
}

__device__ inline Term term(const Mse&, float y, float t) { return {(y - t) * (y - t), 2.0f * (y - t), y}; }

__device__ inline Term term(const L1&, float y, float t) {
  return {fabsf(y - t), y < t ? -1.0f : y > t ? 1.0f : 0.0f, y};
}

__device__ inline Term term(const Charbonnier& loss, float y, float t) {
  const float length = sqrtf((y - t) * (y - t) + loss.epsilon * loss.epsilon);
  return {length, (y - t) / length, y};
}

__device__ inline Term term(const Dot&, float y, float t) { return {y * t, t, y}; }

/// Block blockIdx.x handles part blockIdx.x % chunks of sample blockIdx.x / chunks.
template <class T, class Each, bool kGradient>
__global__ void __launch_bounds__(kThreads)
    loss_kernel(const T* __restrict__ last, const float* __restrict__ target, T* __restrict__ gradient,
                LossPartial* __restrict__ partials, const StepParams* params, unsigned samples, std::size_t size,
                unsigned chunks, Each loss_of) {
  using Reduce = cub::BlockReduce<float, kThreads>;
  __shared__ typename Reduce::TempStorage loss_storage, error_storage;
  const unsigned sample = blockIdx.x / chunks, chunk = blockIdx.x % chunks;
  const unsigned live = live_samples(params->batch, samples);
  const std::size_t length = (size + chunks - 1) / chunks, first = chunk * length;
  const std::size_t end = first + length < size ? first + length : size;
  const float scale = 1.0f / (static_cast<float>(std::is_same_v<Each, Dot> ? 1 : size) * static_cast<float>(live));
  float loss = 0, error = 0;
  for (std::size_t i = first + threadIdx.x; i < end; i += kThreads) {
    const std::size_t at = sample * size + i;
    if (sample >= live) {
      if constexpr (kGradient) gradient[at] = from_float<T>(0.0f);
      continue;
    }
    const float t = target[at];
    const Term part = term(loss_of, to_float(last[at]), t);
    loss += part.loss;
    error += (part.output - t) * (part.output - t);
    if constexpr (kGradient) gradient[at] = from_float<T>(part.grad * scale);
  }
  loss = Reduce(loss_storage).Sum(loss);
  error = Reduce(error_storage).Sum(error);
  if (threadIdx.x == 0) partials[blockIdx.x] = {loss, error};
}

template <class Each>
void launch_loss(cudaStream_t stream, const Each& each, const LossOperands& o, const StepParams* params,
                 const Shape& output, Element element) {
  const unsigned chunks = loss_chunks(output), samples = static_cast<unsigned>(output.n);
  with_type(element, [&](auto zero) {
    using T = decltype(zero);
    launch("loss_kernel", stream, {dim3(samples * chunks), dim3(kThreads)},
           o.gradient != nullptr ? loss_kernel<T, Each, true> : loss_kernel<T, Each, false>,
           static_cast<const T*>(o.last), o.target, static_cast<T*>(o.gradient), o.partials, params, samples,
           output.sample_size(), chunks, each);
  });
}

void launch_loss(cudaStream_t stream, const Ssim&, const LossOperands& operands, const StepParams* params,
                 const Shape& output, Element element) {
  ssim_loss(stream, operands, params, output, element);
}

}  // namespace

std::size_t loss_scratch(const Loss& loss, const Shape& output) {
  return std::holds_alternative<Ssim>(loss) ? ssim_scratch(output) : 0;
}

void loss(cudaStream_t stream, const Loss& loss, const LossOperands& operands, const StepParams* params,
          const Shape& output, Element element) {
  std::visit([&](const auto& each) { launch_loss(stream, each, operands, params, output, element); }, loss);
}

}  // namespace dae::cuda
