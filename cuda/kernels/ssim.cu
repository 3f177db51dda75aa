#include "cuda/kernels/element.cuh"

#include <cub/block/block_reduce.cuh>

#include "cuda/kernels/ssim.hpp"
#include "cuda/kernels/step_params.cuh"
#include "host/graph/ssim.hpp"

namespace dae::cuda {
namespace {

constexpr int kMostWeights = 11;

/// Extents of a sample, its window, and how its windows are shared among blocks.
struct Windows {
  unsigned height, width, channels;  // of the image
  unsigned down, across;             // positions of the window
  unsigned side, chunks;
  float c1, c2;

  [[nodiscard]] __host__ __device__ std::size_t pixels() const {
    return static_cast<std::size_t>(height) * width * channels;
  }
  [[nodiscard]] __host__ __device__ std::size_t count() const {
    return static_cast<std::size_t>(down) * across * channels;
  }
};

Windows windows_of(const Shape& shape) {
  const int side = ssim_side(shape);
  Windows w{};
  w.height = static_cast<unsigned>(shape.h);
  w.width = static_cast<unsigned>(shape.w);
  w.channels = static_cast<unsigned>(shape.c);
  w.side = static_cast<unsigned>(side);
  w.down = w.height - w.side + 1;
  w.across = w.width - w.side + 1;
  w.chunks = loss_chunks(shape);
  w.c1 = static_cast<float>(ssim_c1);
  w.c2 = static_cast<float>(ssim_c2);
  return w;
}

/// The window's weights in one dimension, host/graph/ssim.hpp's. All threads of a block call it.
__device__ inline void make_weights(unsigned side, float (&weights)[kMostWeights]) {
  const unsigned i = threadIdx.x;
  constexpr float kTwiceVariance = 4.5f;
  const auto weight = [side](unsigned place) {
    const float x = static_cast<float>(place) - 0.5f * static_cast<float>(side - 1);
    return expf(-x * x / kTwiceVariance);
  };
  if (i < side) {
    float sum = 0;
    for (unsigned k = 0; k < side; ++k) sum += weight(k);
    weights[i] = weight(i) / sum;
  }
  __syncthreads();
}

/// 1 - SSIM of a window, and its derivatives with respect to the mean, the mean square and the mean product.
struct Comparison {
  float loss, d_mean, d_square, d_product;
};

template <class T>
__device__ inline Comparison compare(const T* output, const float* target, const Windows& w, const float* weights,
                                     std::size_t corner) {
  float mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
  for (unsigned i = 0; i < w.side; ++i)
  // Not unrolled: the divisions below are calls, and spill what does not fit beside them.
#pragma unroll 1
    for (unsigned j = 0; j < w.side; ++j) {
      const std::size_t at = corner + (static_cast<std::size_t>(i) * w.width + j) * w.channels;
      const float weight = weights[i] * weights[j], x = to_float(output[at]), y = target[at];
      mx += weight * x;
      my += weight * y;
      xx += weight * x * x;
      yy += weight * y * y;
      xy += weight * x * y;
    }
  const float a1 = 2.0f * mx * my + w.c1, a2 = 2.0f * (xy - mx * my) + w.c2;
  const float b1 = mx * mx + my * my + w.c1, b2 = (xx - mx * mx) + (yy - my * my) + w.c2;
  const float bottom = 1.0f / (b1 * b2), ssim = a1 * a2 * bottom;
  const float d_a1 = a2 * bottom, d_a2 = a1 * bottom, d_b1 = -ssim / b1, d_b2 = -ssim / b2;
  return {1.0f - ssim, 2.0f * (my * (d_a1 - d_a2) + mx * (d_b1 - d_b2)), d_b2, 2.0f * d_a2};
}

/// Block blockIdx.x handles part blockIdx.x % chunks of the windows, and of the pixels, of sample blockIdx.x / chunks.
template <class T>
__global__ void __launch_bounds__(kThreads)
    ssim_kernel(const T* __restrict__ last, const float* __restrict__ target, float* __restrict__ grads,
                LossPartial* __restrict__ partials, const StepParams* params, unsigned samples, Windows w) {
  using Reduce = cub::BlockReduce<float, kThreads>;
  __shared__ typename Reduce::TempStorage loss_storage, error_storage;
  __shared__ float weights[kMostWeights];
  make_weights(w.side, weights);
  const unsigned sample = blockIdx.x / w.chunks, chunk = blockIdx.x % w.chunks;
  float loss = 0, error = 0;
  if (sample < live_samples(params->batch, samples)) {
    const T* image = last + sample * w.pixels();
    const float* wanted = target + sample * w.pixels();
    const unsigned stride = w.chunks * kThreads;
    // In 32 bits: a division of 64 is a call that spills registers on sm_75, and no sample has 2^32 elements.
    const auto windows = static_cast<unsigned>(w.count()), pixels = static_cast<unsigned>(w.pixels());
    for (unsigned i = chunk * kThreads + threadIdx.x; i < windows; i += stride) {
      const unsigned position = i / w.channels, c = i % w.channels;
      const unsigned corner = (position / w.across * w.width + position % w.across) * w.channels + c;
      const Comparison result = compare(image, wanted, w, weights, corner);
      loss += result.loss;
      if (grads == nullptr) continue;
      float* grad = grads + 3 * (static_cast<std::size_t>(sample) * windows + i);
      grad[0] = result.d_mean;
      grad[1] = result.d_square;
      grad[2] = result.d_product;
    }
    for (unsigned i = chunk * kThreads + threadIdx.x; i < pixels; i += stride) {
      const float difference = to_float(image[i]) - wanted[i];
      error += difference * difference;
    }
  }
  loss = Reduce(loss_storage).Sum(loss);
  error = Reduce(error_storage).Sum(error);
  if (threadIdx.x == 0) partials[blockIdx.x] = {loss, error};
}

/// One thread a pixel: what all windows that cover it say.
template <class T>
__global__ void __launch_bounds__(kThreads)
    ssim_gradient_kernel(const T* __restrict__ last, const float* __restrict__ target, const float* __restrict__ grads,
                         T* __restrict__ gradient, const StepParams* params, unsigned samples, Windows w) {
  __shared__ float weights[kMostWeights];
  make_weights(w.side, weights);
  const unsigned live = live_samples(params->batch, samples);
  const float scale = 1.0f / (static_cast<float>(w.count()) * static_cast<float>(live));
  const std::size_t items = samples * w.pixels();
  for (std::size_t i = first_item(); i < items; i += item_stride()) {
    const std::size_t sample = i / w.pixels(), within = i % w.pixels(), c = within % w.channels;
    if (sample >= live) {
      gradient[i] = from_float<T>(0.0f);
      continue;
    }
    const unsigned x = static_cast<unsigned>(within / w.channels % w.width);
    const unsigned y = static_cast<unsigned>(within / w.channels / w.width);
    float sums[3] = {};
    for (unsigned k = 0; k < w.side && k <= y; ++k) {
      if (y - k >= w.down) continue;
      for (unsigned j = 0; j < w.side && j <= x; ++j) {
        if (x - j >= w.across) continue;
        const std::size_t window = (static_cast<std::size_t>(y - k) * w.across + (x - j)) * w.channels + c;
        const float* grad = grads + 3 * (sample * w.count() + window);
        const float weight = weights[k] * weights[j];
        for (int s = 0; s < 3; ++s) sums[s] += weight * grad[s];
      }
    }
    const float grad = sums[0] + 2.0f * to_float(last[i]) * sums[1] + target[i] * sums[2];
    gradient[i] = from_float<T>(-grad * scale);
  }
}

}  // namespace

std::size_t ssim_scratch(const Shape& output) {
  return 3 * static_cast<std::size_t>(output.n) * windows_of(output).count();
}

void ssim_loss(cudaStream_t stream, const LossOperands& o, const StepParams* params, const Shape& output,
               Element element) {
  const Windows windows = windows_of(output);
  const auto samples = static_cast<unsigned>(output.n);
  with_type(element, [&](auto zero) {
    using T = decltype(zero);
    const T* last = static_cast<const T*>(o.last);
    launch("ssim_kernel", stream, {dim3(samples * windows.chunks), dim3(kThreads)}, ssim_kernel<T>, last, o.target,
           o.gradient != nullptr ? o.scratch : nullptr, o.partials, params, samples, windows);
    if (o.gradient == nullptr) return;
    launch("ssim_gradient_kernel", stream, grid_for(output.size()), ssim_gradient_kernel<T>, last, o.target,
           static_cast<const float*>(o.scratch), static_cast<T*>(o.gradient), params, samples, windows);
  });
}

}  // namespace dae::cuda
