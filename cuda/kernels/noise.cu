#include "cuda/kernels/divisor.cuh"
#include "cuda/kernels/noise.cuh"

namespace dae::cuda {
namespace {

struct Noise {
  Seed seed;
  Sigma sigma;
  bool gaussian, clip;  // gaussian: all parts are, so that the noise is drawn here
};

struct Extents {
  unsigned samples, height, width, channels, size, quads;  // size: elements of a sample
  Divisor by_quads, by_channels, by_width;

  explicit Extents(const Shape& batch)
      : samples(static_cast<unsigned>(batch.n)),
        height(static_cast<unsigned>(batch.h)),
        width(static_cast<unsigned>(batch.w)),
        channels(static_cast<unsigned>(batch.c)),
        size(index_count(batch.sample_size())),
        quads((size + 3) / 4),
        by_quads(quads),
        by_channels(channels),
        by_width(width) {}
};

/// Where the four elements of a sample's quad lie in its stored image, the crop turned as the sample asks for. Beyond
/// the sample's end the last one is repeated.
struct Places {
  std::size_t at[4];

  __device__ Places(const Sample& sample, const SlotPlace& slot, const Extents& e, unsigned quad) {
    using Offset = std::ptrdiff_t;
    const Offset column = e.channels, row = column * slot.width;
    const bool mirrored = (sample.orientation & 1u) != 0, flipped = (sample.orientation & 2u) != 0,
               transposed = (sample.orientation & 4u) != 0;
    const Offset along_x = transposed ? row : column, along_y = transposed ? column : row;
    const Offset corner = sample.y * row + sample.x * column + (mirrored ? (e.width - 1) * along_x : 0) +
                          (flipped ? (e.height - 1) * along_y : 0);
    const Offset right = mirrored ? -along_x : along_x, down = flipped ? -along_y : along_y;
    const unsigned position = e.by_channels.quotient(4 * quad);
    unsigned y = e.by_width.quotient(position), x = position - y * e.width, c = 4 * quad - position * e.channels;
    for (unsigned k = 0; k < 4; ++k) {
      at[k] = static_cast<std::size_t>(corner + y * down + x * right + c);
      const bool more = 4 * quad + k + 1 < e.size, next_pixel = more && c + 1 == e.channels,
                 next_row = next_pixel && x + 1 == e.width;
      c = next_pixel ? 0 : c + (more ? 1 : 0);
      x = next_row ? 0 : x + (next_pixel ? 1 : 0);
      y += next_row ? 1 : 0;
    }
  }
};

template <class Stored>
__device__ inline void load(const unsigned char* image, const Places& places, float scale, float (&values)[4]) {
  const auto* const elements = reinterpret_cast<const Stored*>(image);
  for (int k = 0; k < 4; ++k) values[k] = static_cast<float>(elements[places.at[k]]) * scale;
}

/// Elements of an image in the pool, scaled to [0, 1] unless they are float.
__device__ inline void load(const unsigned char* image, unsigned bytes, const Places& places, float (&values)[4]) {
  if (bytes == 1)
    load<unsigned char>(image, places, 1.0f / 255.0f, values);
  else if (bytes == 2)
    load<unsigned short>(image, places, 1.0f / 65535.0f, values);
  else
    load<float>(image, places, 1.0f, values);
}

/// The clean and the noisy elements of a quad. Returns the sample's sigma, `level` for one that comes with its noise.
__device__ inline float read_quad(const Batch& batch, const Sample& sample, const Extents& extents, const Noise& noise,
                                  float level, unsigned quad, float (&clean)[4], float (&noisy)[4]) {
  const SlotPlace slot = batch.slots[sample.slot];
  const Places places(sample, slot, extents, quad);
  load(batch.pixels + slot.clean, slot.clean_bytes, places, clean);
  if (slot.noisy != slot.clean) {
    load(batch.pixels + slot.noisy, slot.noisy_bytes, places, noisy);
    return level;
  }
  const float sigma = noise.sigma.of(noise.seed, sample);
  float n[4] = {};  // The other kinds begin with what is clean.
  if (noise.gaussian) normals(words_of(noise.seed, sample, quad), n);
  const bool clips = noise.gaussian && noise.clip;
  for (int k = 0; k < 4; ++k) {
    noisy[k] = clean[k] + sigma * n[k];
    if (clips) noisy[k] = fminf(fmaxf(noisy[k], 0.0f), 1.0f);
  }
  return sigma;
}

/// Stores the first `count` of four values, all at once where every quad is whole.
template <bool kWhole, class T>
__device__ inline void store(T* to, const float (&values)[4], unsigned count) {
  if constexpr (kWhole) {
    Pack<T, 4> pack;
    for (int k = 0; k < 4; ++k) pack.items[k] = from_float<T>(values[k]);
    *reinterpret_cast<Pack<T, 4>*>(to) = pack;
  } else {
    for (unsigned k = 0; k < count; ++k) to[k] = from_float<T>(values[k]);
  }
}

/// One thread a quad: four neighbouring elements share one call of Philox.
template <class T, bool kWhole>
__global__ void __launch_bounds__(kThreads)
    gather_kernel(const StepParams* __restrict__ params, Extents extents, Noise noise, T* __restrict__ input,
                  float* __restrict__ target, float* __restrict__ levels, float level) {
  const Batch batch = params->batch;
  const unsigned live = live_samples(batch, extents.samples), items = extents.samples * extents.quads;
  for (auto i = static_cast<unsigned>(first_item()); i < items; i += static_cast<unsigned>(item_stride())) {
    const unsigned row = extents.by_quads.quotient(i), quad = i - row * extents.quads;
    float clean[4] = {}, noisy[4] = {}, sigma = 0;
    if (row < live)
      sigma = read_quad(batch, batch.samples[batch.cursor + row], extents, noise, level, quad, clean, noisy);
    if (levels != nullptr && quad == 0) levels[row] = sigma;
    const std::size_t at = std::size_t{row} * extents.size + 4 * quad;
    const unsigned left = extents.size - 4 * quad, count = left < 4 ? left : 4;
    store<kWhole>(target + at, clean, count);
    store<kWhole>(input + at, noisy, count);
  }
}

}  // namespace

void gather(cudaStream_t stream, const StepParams* params, const Shape& batch, const NoiseRecipe& recipe,
            const GatherTargets& targets, Element element) {
  const bool gaussian = only_gaussian(recipe);
  const Noise noise{Seed(recipe.seed), sigma_of(recipe), gaussian, recipe.clip};
  const Extents extents(batch);
  const unsigned quads = index_count(std::size_t{extents.samples} * extents.quads);
  with_type(gaussian ? element : Element::f32, [&](auto zero) {
    using T = decltype(zero);
    launch("gather_kernel", stream, grid_for(quads),
           extents.size % 4 == 0 ? gather_kernel<T, true> : gather_kernel<T, false>, params, extents, noise,
           static_cast<T*>(gaussian ? targets.input : targets.noisy), targets.target, targets.levels,
           noise_level(recipe));
  });
  if (!gaussian) draw_parts(stream, params, batch, recipe, targets, element);
}

}  // namespace dae::cuda
