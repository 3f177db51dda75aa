#include "cuda/kernels/noise.cuh"

namespace dae::cuda {
namespace {

struct Noise {
  Seed seed;
  Sigma sigma;
  bool gaussian, clip;  // gaussian: all parts are, so that the noise is drawn here
};

struct Extents {
  unsigned samples, height, width, channels;
};

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
    gather_kernel(const StepParams* params, Extents extents, Noise noise, T* __restrict__ input,
                  float* __restrict__ target, float* __restrict__ levels, float level) {
  const unsigned size = extents.height * extents.width * extents.channels, quads = (size + 3) / 4;
  const unsigned live = live_samples(params->batch, extents.samples);
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
    const Sample sample = params->batch.samples[params->batch.cursor + row];
    const SlotPlace slot = params->batch.slots[sample.slot];
    const bool draw = slot.noisy == slot.clean;
    float n[4] = {};
    const float sigma = draw ? noise.sigma.of(noise.seed, sample) : level;
    if (levels != nullptr && quad == 0) levels[row] = sigma;
    if (draw && noise.gaussian) normals(words_of(noise.seed, sample, quad), n);
    for (unsigned k = 0; k < 4; ++k) {
      if (k >= count) break;
      const std::size_t from = source(sample, slot, extents, 4 * quad + k);
      const float clean = pixel(params->batch.pixels + slot.clean, slot.clean_bytes, from);
      float noisy = 0;
      if (draw) {
        noisy = clean + sigma * n[k];  // the other kinds begin with what is clean: n is 0
        if (noise.gaussian && noise.clip) noisy = fminf(fmaxf(noisy, 0.0f), 1.0f);
      } else {
        noisy = pixel(params->batch.pixels + slot.noisy, slot.noisy_bytes, from);
      }
      target[at + k] = clean;
      input[at + k] = from_float<T>(noisy);
    }
  }
}

}  // namespace

void gather(cudaStream_t stream, const StepParams* params, const Shape& batch, const NoiseRecipe& recipe,
            const GatherTargets& targets, Element element) {
  const bool gaussian = only_gaussian(recipe);
  const Noise noise{Seed(recipe.seed), sigma_of(recipe), gaussian, recipe.clip};
  const Extents extents{static_cast<unsigned>(batch.n), static_cast<unsigned>(batch.h), static_cast<unsigned>(batch.w),
                        static_cast<unsigned>(batch.c)};
  const std::size_t quads = static_cast<std::size_t>(batch.n) * ((batch.sample_size() + 3) / 4);
  with_type(gaussian ? element : Element::f32, [&](auto zero) {
    using T = decltype(zero);
    launch("gather_kernel", stream, grid_for(quads), gather_kernel<T>, params, extents, noise,
           static_cast<T*>(gaussian ? targets.input : targets.noisy), targets.target, targets.levels,
           noise_level(recipe));
  });
  if (!gaussian) draw_parts(stream, params, batch, recipe, targets, element);
}

}  // namespace dae::cuda
