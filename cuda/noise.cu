#include "cuda/element.cuh"

#include <curand_philox4x32_x.h>

#include "cuda/control.cuh"
#include "cuda/noise.hpp"

namespace dae::cuda {
namespace {

struct Noise {
  float sigma, span;  // a sample's own sigma lies up to `span` above
  bool clip;
  std::uint32_t seed_low, seed_high;
};

struct Extents {
  unsigned samples, height, width, channels;
};

/// log((w + 0.5) 2^-32). Near 1 the complement is taken, whose float keeps all its digits.
__device__ inline float log_uniform(unsigned w) {
  constexpr float kScale = 0x1p-32f;
  if (w < 0x80000000u) return logf((static_cast<float>(w) + 0.5f) * kScale);
  return log1pf(-(static_cast<float>(~w) + 0.5f) * kScale);
}

/// Two standard normals by Box-Muller, as dae/noise.hpp lays down.
__device__ inline void normals(unsigned w0, unsigned w1, float& n0, float& n1) {
  const float radius = sqrtf(-2.0f * log_uniform(w0));
  float sine = 0, cosine = 0;
  sincospif((static_cast<float>(w1) + 0.5f) * 0x1p-31f, &sine, &cosine);
  n0 = radius * cosine;
  n1 = radius * sine;
}

/// A sample's sigma, as dae/noise.hpp lays down.
__device__ inline float sigma_of(const Noise& noise, const Sample& sample) {
  if (noise.span == 0.0f) return noise.sigma;
  const uint4 words =
      curand_Philox4x32_10(make_uint4(0xFFFFFFFFu, sample.epoch, sample.id, static_cast<unsigned>(sample.domain)),
                           make_uint2(noise.seed_low, noise.seed_high));
  return noise.sigma + noise.span * ((static_cast<float>(words.x) + 0.5f) * 0x1p-32f);
}

/// Element of an image in the pool, scaled to [0, 1] unless it is float.
__device__ inline float pixel(const unsigned char* image, unsigned bytes, std::size_t index) {
  if (bytes == 1) return static_cast<float>(image[index]) * (1.0f / 255.0f);
  if (bytes == 2) return static_cast<float>(reinterpret_cast<const unsigned short*>(image)[index]) * (1.0f / 65535.0f);
  return reinterpret_cast<const float*>(image)[index];
}

/// Index in the stored image of element `e` of a sample.
__device__ inline std::size_t source(const Sample& sample, const SlotPlace& slot, const Extents& extents, unsigned e) {
  const unsigned c = e % extents.channels, position = e / extents.channels;
  unsigned x = position % extents.width, y = position / extents.width;
  if (sample.orientation & 1u) x = extents.width - 1 - x;
  if (sample.orientation & 2u) y = extents.height - 1 - y;
  if (sample.orientation & 4u) {
    const unsigned swapped = x;
    x = y;
    y = swapped;
  }
  return (static_cast<std::size_t>(sample.y + y) * slot.width + sample.x + x) * extents.channels + c;
}

/// One thread a quad: four neighbouring elements share one call of Philox.
template <class T>
__global__ void __launch_bounds__(kThreads)
    gather_kernel(const Control* control, Extents extents, Noise noise, T* __restrict__ input,
                  float* __restrict__ target, float* __restrict__ levels, float level) {
  const unsigned size = extents.height * extents.width * extents.channels, quads = (size + 3) / 4;
  const unsigned live = live_samples(control->batch, extents.samples);
  const std::size_t items = static_cast<std::size_t>(extents.samples) * quads;
  for (std::size_t i = first_item(); i < items; i += item_stride()) {
    const unsigned row = static_cast<unsigned>(i / quads), quad = static_cast<unsigned>(i % quads);
    const unsigned count = size - 4 * quad < 4 ? size - 4 * quad : 4;
    const std::size_t at = static_cast<std::size_t>(row) * size + 4 * quad;
    if (row >= live) {
      for (unsigned k = 0; k < count; ++k) {
        input[at + k] = from_float<T>(0.0f);
        target[at + k] = 0.0f;
      }
      if (levels != nullptr && quad == 0) levels[row] = 0.0f;
      continue;
    }
    const Sample sample = control->batch.samples[control->batch.cursor + row];
    const SlotPlace slot = control->batch.slots[sample.slot];
    const bool draw = slot.noisy == slot.clean;
    float n[4] = {};
    const float sigma = draw ? sigma_of(noise, sample) : level;
    if (levels != nullptr && quad == 0) levels[row] = sigma;
    if (draw) {
      const uint4 words =
          curand_Philox4x32_10(make_uint4(quad, sample.epoch, sample.id, static_cast<unsigned>(sample.domain)),
                               make_uint2(noise.seed_low, noise.seed_high));
      normals(words.x, words.y, n[0], n[1]);
      normals(words.z, words.w, n[2], n[3]);
    }
    for (unsigned k = 0; k < 4; ++k) {
      if (k >= count) break;
      const std::size_t from = source(sample, slot, extents, 4 * quad + k);
      const float clean = pixel(control->batch.pixels + slot.clean, slot.clean_bytes, from);
      float noisy = 0;
      if (draw) {
        noisy = clean + sigma * n[k];
        if (noise.clip) noisy = fminf(fmaxf(noisy, 0.0f), 1.0f);
      } else {
        noisy = pixel(control->batch.pixels + slot.noisy, slot.noisy_bytes, from);
      }
      target[at + k] = clean;
      input[at + k] = from_float<T>(noisy);
    }
  }
}

}  // namespace

void gather(cudaStream_t stream, const Control* control, const Shape& batch, const NoiseRecipe& recipe, void* input,
            float* target, float* levels, Element element) {
  Noise noise{0, 0, recipe.clip, static_cast<std::uint32_t>(recipe.seed),
              static_cast<std::uint32_t>(recipe.seed >> 32)};
  // Parts of the same kind draw the same words, so their strengths add up.
  for (const NoisePart& part : recipe.parts) {
    const auto& gaussian = std::get<Gaussian>(part);  // the device refuses all else
    noise.sigma += gaussian.sigma;
    if (gaussian.upto > gaussian.sigma) noise.span += gaussian.upto - gaussian.sigma;
  }
  const Extents extents{static_cast<unsigned>(batch.n), static_cast<unsigned>(batch.h), static_cast<unsigned>(batch.w),
                        static_cast<unsigned>(batch.c)};
  const std::size_t quads = static_cast<std::size_t>(batch.n) * ((batch.sample_size() + 3) / 4);
  with_type(element, [&](auto zero) {
    using T = decltype(zero);
    launch("gather_kernel", stream, grid_for(quads), gather_kernel<T>, control, extents, noise, static_cast<T*>(input),
           target, levels, noise_level(recipe));
  });
}

}  // namespace dae::cuda
