#pragma once

#include "cuda/kernels/element.cuh"

#include <curand_philox4x32_x.h>

#include "cuda/kernels/noise.hpp"
#include "cuda/kernels/step_params.cuh"

namespace dae::cuda {

/// A key of Philox.
struct Seed {
  std::uint32_t low, high;

  explicit Seed(std::uint64_t seed)
      : low(static_cast<std::uint32_t>(seed)), high(static_cast<std::uint32_t>(seed >> 32)) {}
};

/// The words of an element counter of a sample, as dae/noise.hpp lays down.
__device__ inline uint4 words_of(const Seed& seed, const Sample& sample, unsigned counter) {
  return curand_Philox4x32_10(make_uint4(counter, sample.epoch, sample.id, static_cast<unsigned>(sample.rng_stream)),
                              make_uint2(seed.low, seed.high));
}

/// The numbers that one sample draws for itself, beyond the counters of its elements.
inline constexpr unsigned kSampleCounter = 0xFFFFFFFFu;

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

__device__ inline void normals(const uint4& words, float (&n)[4]) {
  normals(words.x, words.y, n[0], n[1]);
  normals(words.z, words.w, n[2], n[3]);
}

/// A sample's sigma lies up to `span` above `least`.
struct Sigma {
  float least = 0, span = 0;

  __device__ float of(const Seed& seed, const Sample& sample) const {
    if (span == 0.0f) return least;
    const uint4 words = words_of(seed, sample, kSampleCounter);
    return least + span * ((static_cast<float>(words.x) + 0.5f) * 0x1p-32f);
  }
};

/// Parts of the same kind draw the same words, so their strengths add up.
inline Sigma sigma_of(const NoiseRecipe& recipe) {
  Sigma sigma;
  for (const NoisePart& part : recipe.parts) {
    const auto* const gaussian = std::get_if<Gaussian>(&part);
    if (gaussian == nullptr) continue;
    sigma.least += gaussian->sigma;
    if (gaussian->max > gaussian->sigma) sigma.span += gaussian->max - gaussian->sigma;
  }
  return sigma;
}

/// Whether a row of the batch holds a sample whose noise is to be drawn, and which.
__device__ inline bool draws_noise(const Batch& batch, unsigned samples, unsigned row, Sample& sample) {
  if (row >= live_samples(batch, samples)) return false;
  sample = batch.samples[batch.cursor + row];
  const SlotPlace& slot = batch.slots[sample.slot];
  return slot.noisy == slot.clean;
}

}  // namespace dae::cuda
