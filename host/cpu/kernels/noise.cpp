#include "host/cpu/kernels/table.hpp"

#include "host/cpu/kernels/math.hpp"
#include "host/cpu/kernels/rows.hpp"

/// Philox4x32-10 with one image, or a tile of one, a lane: a counter gives four neighbouring elements of every lane, so
/// nothing has to change lanes. host/noise/philox.hpp is the scalar reference.
namespace dae::cpu::DAE_ISA {
namespace {

struct Words {
  WordVec word[4];
};

struct Product {
  WordVec low, high;
};

DAE_INLINE Product multiply(std::uint32_t a, WordVec b) {
  Product product;
  for (int i = 0; i < lanes; ++i) product.high[i] = static_cast<std::uint32_t>((std::uint64_t{a} * b[i]) >> 32);
  product.low = a * b;
  return product;
}

DAE_INLINE Words philox(Words counter, std::uint32_t key0, std::uint32_t key1) {
  for (int round = 0; round < 10; ++round) {
    const Product even = multiply(0xD2511F53u, counter.word[0]), odd = multiply(0xCD9E8D57u, counter.word[2]);
    counter = {{odd.high ^ counter.word[1] ^ key0, odd.low, even.high ^ counter.word[3] ^ key1, even.low}};
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return counter;
}

/// (word + 0.5) 2^-32.
DAE_INLINE Vec uniform(WordVec word) { return __builtin_convertvector(word, Vec) * 0x1p-32f + 0x1p-33f; }

/// log((word + 0.5) 2^-32). Above one half it is taken from the distance to 1, which a float holds exactly enough; u
/// itself, rounded to float, would be off by a whole radius there.
DAE_INLINE Vec log_uniform(WordVec word) {
  const Vec low = uniform(word), distance = uniform(~word);
  return logarithm(low, distance);
}

DAE_INLINE WordVec load_words(const std::uint32_t* at) {
  WordVec words;
  __builtin_memcpy(&words, at, sizeof words);
  return words;
}

/// Draws a lane's normals and adds them to its pixels.
struct Draw {
  const NoiseTask& task;
  std::uint32_t key0, key1;
  WordVec epoch, id, rng_stream;
  Vec sigma;

  DAE_METHOD explicit Draw(const NoiseTask& noise_task)
      : task(noise_task),
        key0(static_cast<std::uint32_t>(task.seed)),
        key1(static_cast<std::uint32_t>(task.seed >> 32)),
        epoch(load_words(task.lanes.epoch)),
        id(load_words(task.lanes.id)),
        rng_stream(load_words(task.lanes.rng_stream)),
        sigma(load_unaligned(task.lanes.sigma)) {}

  /// Four of each lane.
  DAE_METHOD void normals(WordVec counter, Vec* normal) const {
    const Words words = philox({{counter, epoch, id, rng_stream}}, key0, key1);
    for (int pair = 0; pair < 4; pair += 2) {
      const Vec radius = square_root(-2.0f * log_uniform(words.word[pair]));
      const SineCosine angle = sine_cosine_turn(uniform(words.word[pair + 1]));
      normal[pair] = radius * angle.cosine;
      normal[pair + 1] = radius * angle.sine;
    }
  }
  DAE_METHOD void add(Vec normal, int c, int y, int x) const {
    Vec value = load(pixel(task.clean, c, y, x)) + sigma * normal;
    if (task.clip) value = value < 0.0f ? Vec{} : value > 1.0f ? splat(1.0f) : value;
    store(pixel(task.out, c, y, x), value);
  }
};

/// The one of four neighbouring normals that each lane begins with.
DAE_INLINE Vec selected(const Vec* normal, IntVec skip) {
  return skip == 0 ? normal[0] : skip == 1 ? normal[1] : skip == 2 ? normal[2] : normal[3];
}

}  // namespace

void noise_of_tiles(const NoiseTask& task) {
  const Draw draw(task);
  const WordVec first = load_words(task.first);
  const int elements = task.out.width * task.out.channels;  // of a tile's row
  constexpr int at_once = 16;
  for (int y = 0; y < task.out.height; ++y)
    for (int begin = 0; begin < elements; begin += at_once) {
      const WordVec element =
          first + (static_cast<std::uint32_t>(y) * task.sample_row + static_cast<std::uint32_t>(begin));
      const int count = elements - begin < at_once ? elements - begin : at_once;
      Vec normal[at_once + 4];
      for (int i = 0; i < count + 3; i += 4)
        draw.normals((element >> 2) + static_cast<std::uint32_t>(i / 4), normal + i);
      // Each lane's first element is one of its counter's four.
      const IntVec skip = reinterpret_cast<IntVec>(element & 3u);
      for (int i = 0; i < count; ++i)
        draw.add(selected(normal + i, skip), (begin + i) % task.out.channels, y, (begin + i) / task.out.channels);
    }
}

void noise(const NoiseTask& task) {
  const Draw draw(task);
  int y = 0, x = 0, c = 0;                      // of the next element, in h, w, c order
  int done = static_cast<int>(task.begin % 4);  // of the counter's four
  for (std::uint32_t counter = task.begin / 4; y < task.out.height; ++counter, done = 0) {
    Vec normal[4];
    draw.normals(WordVec{} + counter, normal);
    for (int i = done; i < 4 && y < task.out.height; ++i) {
      draw.add(normal[i], c, y, x);
      if (++c < task.out.channels) continue;
      c = 0;
      if (++x < task.out.width) continue;
      x = 0;
      ++y;
    }
  }
}

}  // namespace dae::cpu::DAE_ISA
