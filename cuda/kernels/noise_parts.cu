#include "cuda/kernels/noise.cuh"

#include <cmath>

namespace dae::cuda {
namespace {

/// A sample's elements, and how many of them the last quad has.
struct Rows {
  unsigned samples, size;
};

/// (w + 0.5) 2^-32, as host/noise/philox.hpp's unit: exact.
__device__ inline double unit(unsigned word) { return (static_cast<double>(word) + 0.5) * 0x1p-32; }

struct GaussianDraw {
  Sigma sigma;

  __device__ void operator()(float (&x)[4], const uint4& words, const Seed& seed, const Sample& sample) const {
    float n[4];
    normals(words, n);
    const float strength = sigma.of(seed, sample);
    for (int k = 0; k < 4; ++k) x[k] += strength * n[k];
  }
};

struct SpeckleDraw {
  float sigma;

  __device__ void operator()(float (&x)[4], const uint4& words, const Seed&, const Sample&) const {
    float n[4];
    normals(words, n);
    for (int k = 0; k < 4; ++k) x[k] += x[k] * sigma * n[k];
  }
};

/// The comparisons of u with density / 2 and with density, made with the words themselves.
struct SaltAndPepperDraw {
  std::uint64_t black_below, lost_below;

  static std::uint64_t words_below(double limit) {
    return static_cast<std::uint64_t>(std::max(0.0, std::ceil(limit * 0x1p32 - 0.5)));
  }
  explicit SaltAndPepperDraw(const SaltAndPepper& lost)
      : black_below(words_below(double{lost.density} / 2)), lost_below(words_below(double{lost.density})) {}

  __device__ void operator()(float (&x)[4], const uint4& words, const Seed&, const Sample&) const {
    const unsigned w[4] = {words.x, words.y, words.z, words.w};
    for (int k = 0; k < 4; ++k)
      if (w[k] < lost_below) x[k] = w[k] < black_below ? 0.0f : 1.0f;
  }
};

/// In double precision, as the reference: a count must not depend on the last bits of a float.
struct PoissonDraw {
  double peak;

  __device__ static double by_inversion(double mean, double u) {
    double probability = exp(-mean), sum = probability, count = 0;
    // The tail beyond 200 has a probability below 1e-100.
    while (u > sum && count < 200.0) {
      count += 1.0;
      probability *= mean / count;
      sum += probability;
    }
    return count;
  }

  __device__ static float normal(unsigned w0, unsigned w1, bool second) {
    const double radius = sqrt(-2.0 * log(unit(w0)));
    double sine = 0, cosine = 0;
    sincospi(2.0 * unit(w1), &sine, &cosine);
    return static_cast<float>(radius * (second ? sine : cosine));
  }

  __device__ void operator()(float (&x)[4], const uint4& words, const Seed&, const Sample&) const {
    constexpr double kLargestInverted = 30;
    const unsigned w[4] = {words.x, words.y, words.z, words.w};
    for (int k = 0; k < 4; ++k) {
      const double mean = fmax(0.0, static_cast<double>(x[k])) * peak;
      double count = 0;
      if (mean < kLargestInverted) {
        count = by_inversion(mean, unit(w[k]));
      } else {
        const float n = normal(w[k & 2], w[k | 1], (k & 1) != 0);
        count = fmax(0.0, round(mean + sqrt(mean) * static_cast<double>(n)));
      }
      x[k] = static_cast<float>(count / peak);
    }
  }
};

/// One thread a quad: four neighbouring elements share one call of Philox. Streams of kinds are 2^29 counters apart.
template <class Draw>
__global__ void __launch_bounds__(kThreads)
    noise_part_kernel(const StepParams* params, Rows rows, Seed seed, unsigned first_counter, Draw draw, float* noisy) {
  const unsigned quads = (rows.size + 3) / 4;
  const std::size_t items = static_cast<std::size_t>(rows.samples) * quads;
  for (std::size_t i = first_item(); i < items; i += item_stride()) {
    const unsigned row = static_cast<unsigned>(i / quads), quad = static_cast<unsigned>(i % quads);
    Sample sample;
    if (!draws_noise(params->batch, rows.samples, row, sample)) continue;
    float* mine = noisy + static_cast<std::size_t>(row) * rows.size + 4 * quad;
    const unsigned count = rows.size - 4 * quad < 4 ? rows.size - 4 * quad : 4;
    float x[4] = {};
    for (unsigned k = 0; k < 4; ++k)
      if (k < count) x[k] = mine[k];
    draw(x, words_of(seed, sample, first_counter + quad), seed, sample);
    for (unsigned k = 0; k < 4; ++k)
      if (k < count) mine[k] = x[k];
  }
}

/// Clips what was drawn, and brings all into the element type.
template <class T>
__global__ void __launch_bounds__(kThreads)
    noise_end_kernel(const StepParams* params, Rows rows, bool clip, const float* noisy, T* input) {
  const std::size_t items = static_cast<std::size_t>(rows.samples) * rows.size;
  for (std::size_t i = first_item(); i < items; i += item_stride()) {
    Sample sample;
    float value = noisy[i];
    if (clip && draws_noise(params->batch, rows.samples, static_cast<unsigned>(i / rows.size), sample))
      value = fminf(fmaxf(value, 0.0f), 1.0f);
    input[i] = from_float<T>(value);
  }
}

struct Launch {
  cudaStream_t stream;
  const StepParams* params;
  const Shape& batch;
  Rows rows;
  Seed seed;
  Sigma sigma;
  float* noisy;
  unsigned stream_of_kind;
  std::uint64_t whole_seed;

  template <class Draw>
  void part(const Draw& draw) const {
    const std::size_t quads = static_cast<std::size_t>(rows.samples) * ((rows.size + 3) / 4);
    launch("noise_part_kernel", stream, grid_for(quads), noise_part_kernel<Draw>, params, rows, seed, stream_of_kind,
           draw, noisy);
  }
  void operator()(const Gaussian&) const { part(GaussianDraw{sigma}); }
  void operator()(const Poisson& poisson) const { part(PoissonDraw{double{poisson.peak}}); }
  void operator()(const SaltAndPepper& lost) const { part(SaltAndPepperDraw(lost)); }
  void operator()(const Speckle& speckle) const { part(SpeckleDraw{speckle.sigma}); }
  void operator()(const Jpeg& jpeg) const { compress_as_jpeg(stream, params, batch, jpeg, whole_seed, noisy); }
};

}  // namespace

void draw_parts(cudaStream_t stream, const StepParams* params, const Shape& batch, const NoiseRecipe& recipe,
                const GatherTargets& targets, Element element) {
  const Rows rows{static_cast<unsigned>(batch.n), static_cast<unsigned>(batch.sample_size())};
  bool gaussian_done = false;
  for (const NoisePart& part : recipe.parts) {
    // All Gaussian parts together take the place of the first.
    if (std::holds_alternative<Gaussian>(part) && std::exchange(gaussian_done, true)) continue;
    std::visit(Launch{stream, params, batch, rows, Seed(recipe.seed), sigma_of(recipe), targets.noisy,
                      static_cast<unsigned>(part.index()) << 29, recipe.seed},
               part);
  }
  if (!recipe.clip && targets.noisy == targets.input) return;
  with_type(element, [&](auto zero) {
    using T = decltype(zero);
    launch("noise_end_kernel", stream, grid_for(batch.size()), noise_end_kernel<T>, params, rows, recipe.clip,
           static_cast<const float*>(targets.noisy), static_cast<T*>(targets.input));
  });
}

}  // namespace dae::cuda
