#include "host/cpu/input/input_writer.hpp"

#include <algorithm>
#include <cmath>

#include "dae/error.hpp"
#include "host/cpu/input/crop.hpp"
#include "host/cpu/runtime/aligned_floats.hpp"
#include "host/cpu/runtime/isa.hpp"
#include "host/noise/noise.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/small_images.hpp"

using namespace dae;
using cpu::CpuImageStore;
using cpu::Isa;
using test::SmallImages;

namespace {

/// The input that the network reads for some samples (at most a block), and its target; host order.
struct Gathered {
  std::vector<float> input, target;
};

Gathered gather(const Isa& isa, const CpuImageStore& store, const Shape& shape, const NoiseRecipe& recipe,
                std::span<const Sample> samples) {
  const cpu::Kernels& kernels = *isa.kernels;
  cpu::Layout layout(kernels.lanes);
  cpu::Tensor *input = layout.add(shape), *target = layout.add(shape);
  input->need_border(1, 2);
  for (cpu::Tensor* tensor : {input, target}) tensor->live(0);
  const cpu::AlignedFloats arena(layout.place());
  const cpu::Block block{.kernels = kernels, .arena = arena.data(), .scratch = arena.data()};
  cpu::LaneInputWriter(shape, recipe, *input, *target).write(block, store, samples);
  Gathered all{std::vector<float>(samples.size() * shape.sample_size()), {}};
  all.target = all.input;
  cpu::read_lanes(kernels, input->in(arena.data()), static_cast<int>(samples.size()), all.input.data());
  cpu::read_lanes(kernels, target->in(arena.data()), static_cast<int>(samples.size()), all.target.data());
  return all;
}

CpuImageStore pool_of(const SmallImages& images) {
  CpuImageStore store(static_cast<std::uint32_t>(images.pixels.size()),
                      images.pixels.size() * images.shape.sample_size());
  for (std::size_t i = 0; i < images.pixels.size(); ++i)
    store.put(static_cast<std::uint32_t>(i), images.image(i), nullptr);
  return store;
}

}  // namespace

TEST_CASE("noise agrees with the reference on every instruction set", "[cpu][noise]") {
  const Shape shape{1, 23, 31, 3};  // 2139 elements: the last counter gives three
  const SmallImages images(4, shape);
  const CpuImageStore store = pool_of(images);
  for (const bool clip : {false, true})
    for (const Isa& isa : cpu::usable_isas()) {
      INFO(isa.name << ", clip " << clip);
      const NoiseRecipe recipe{{Gaussian{1.0f}}, clip, 0x123456789ABCDEFull};
      std::vector<Sample> samples = images.samples();
      samples[0].epoch = 3;
      samples[1].rng_stream = RngStream::validation;
      samples[2].id = 0xFFFFFFFFu;
      samples[3].rng_stream = RngStream::demonstration;
      const Gathered got = gather(isa, store, shape, recipe, samples);
      for (std::size_t i = 0; i < samples.size(); ++i) {
        std::vector<float> expected(got.target.begin() + static_cast<std::ptrdiff_t>(i * shape.sample_size()),
                                    got.target.begin() + static_cast<std::ptrdiff_t>((i + 1) * shape.sample_size()));
        add_noise(expected, shape, recipe, samples[i].rng_stream, samples[i].epoch, samples[i].id);
        for (std::size_t j = 0; j < expected.size(); ++j) {
          CAPTURE(i, j);
          // The agreement that every device owes; see docs/numerics.md.
          REQUIRE(std::abs(got.input[i * shape.sample_size() + j] - expected[j]) <= 1e-5f);
        }
      }
    }
}

TEST_CASE("normals of extreme words agree with the reference", "[cpu][noise]") {
  // A hundred thousand counters hold words close to 0 and to 2^32, where the logarithm is steep and u rounds to 1.
  const Shape shape{1, 400, 1000, 1};
  const SmallImages images(1, shape);
  const CpuImageStore store = pool_of(images);
  std::vector<float> expected(shape.sample_size());
  const NoiseRecipe recipe{{Gaussian{1.0f}}, false, 77};
  const std::vector<Sample> samples = images.samples();
  for (std::size_t j = 0; j < expected.size(); ++j)
    expected[j] = images.value(0, static_cast<int>(j / 1000), static_cast<int>(j % 1000), 0);
  add_noise(expected, shape, recipe, RngStream::train, 0, 0);
  for (const Isa& isa : cpu::usable_isas()) {
    INFO(isa.name);
    const Gathered got = gather(isa, store, shape, recipe, samples);
    float worst = 0;
    for (std::size_t j = 0; j < expected.size(); ++j) worst = std::max(worst, std::abs(got.input[j] - expected[j]));
    CHECK(worst <= 1e-5f);
  }
}

TEST_CASE("a sample's noise does not depend on its place in the batch", "[cpu][noise]") {
  const Shape shape{1, 5, 4, 1};
  const SmallImages images(16, shape);
  const CpuImageStore store = pool_of(images);
  const NoiseRecipe recipe{{Gaussian{0.5f}}, true, 5};
  for (const Isa& isa : cpu::usable_isas()) {
    INFO(isa.name);
    const auto lanes = static_cast<std::size_t>(isa.kernels->lanes);
    std::vector<Sample> samples = images.samples();
    samples.resize(lanes);
    const Gathered all = gather(isa, store, shape, recipe, samples);
    for (std::size_t i = 0; i < lanes; ++i) {
      const Gathered one = gather(isa, store, shape, recipe, std::span(samples).subspan(i, 1));
      CHECK(std::equal(one.input.begin(), one.input.end(),
                       all.input.begin() + static_cast<std::ptrdiff_t>(i * shape.sample_size())));
    }
  }
}

TEST_CASE("crops are read in all eight orientations", "[cpu][noise]") {
  const SmallImages images(2, {1, 9, 8, 3});
  const CpuImageStore store = pool_of(images);
  const Shape crop{1, 4, 3, 3};
  for (const Isa& isa : cpu::usable_isas())
    for (Orientation orientation = 0; orientation < 8; ++orientation) {
      INFO(isa.name << ", orientation " << int{orientation});
      const Sample sample{.slot = 1, .y = 4, .x = 3, .orientation = orientation};
      const Gathered got = gather(isa, store, crop, {{}, false, 1}, std::span(&sample, 1));
      CHECK(got.input == got.target);
      for (int y = 0; y < crop.h; ++y)
        for (int x = 0; x < crop.w; ++x)
          for (int c = 0; c < crop.c; ++c) {
            // From the outside in: rows and columns are mirrored last, so undo that first.
            const int row = orientation & 2 ? crop.h - 1 - y : y, column = orientation & 1 ? crop.w - 1 - x : x;
            const bool transposed = orientation & 4;
            CAPTURE(y, x, c);
            REQUIRE(got.target[static_cast<std::size_t>((y * crop.w + x) * crop.c + c)] ==
                    Approx(images.value(1, 4 + (transposed ? column : row), 3 + (transposed ? row : column), c))
                        .epsilon(1e-6));
          }
    }
}

TEST_CASE("images may have 8 bits, 16 bits or floats, and a noisy counterpart", "[cpu][noise]") {
  const Shape shape{1, 2, 2, 1};
  const std::vector<std::uint8_t> bytes = {0, 51, 204, 255};
  const std::vector<std::uint16_t> words = {0, 13107, 52428, 65535};
  const std::vector<float> floats = {0, 0.2f, 0.8f, 1}, beyond = {-1, 2, 0.5f, 3};
  CpuImageStore store(4, 100);
  const Image byte_image{shape, std::span(bytes)}, word_image{shape, std::span(words)},
      float_image{shape, std::span(floats)};
  const Image noisy{shape, std::span(beyond)};
  store.put(0, byte_image, nullptr);
  store.put(1, word_image, nullptr);
  store.put(2, float_image, nullptr);
  store.put(3, byte_image, &noisy);
  std::vector<Sample> samples(4);
  for (std::uint32_t i = 0; i < 4; ++i) samples[i].slot = i;
  for (const Isa& isa : cpu::usable_isas()) {
    INFO(isa.name);
    const Gathered got = gather(isa, store, shape, {{Gaussian{0.0f}}, true, 1}, samples);
    for (std::size_t i = 0; i < 16; ++i) {
      CAPTURE(i);
      CHECK(got.target[i] == Approx(floats[i % 4]).epsilon(1e-6));
      CHECK(got.input[i] == Approx(i < 12 ? floats[i % 4] : beyond[i % 4]).epsilon(1e-6));
    }
  }
}

TEST_CASE("an image store refuses what it has no room for", "[cpu][noise]") {
  const SmallImages images(3, {1, 4, 4, 1});
  CpuImageStore store(2, 32);
  store.put(0, images.image(0), nullptr);
  store.put(0, images.image(1), nullptr);  // a slot may be refilled
  CHECK_THROWS_AS(store.put(2, images.image(0), nullptr), UsageError);
  const SmallImages large(1, {1, 9, 9, 1});
  CHECK_THROWS_AS(store.put(1, large.image(0), nullptr), UsageError);
  CHECK_THROWS_AS(store.put(1, {{1, 4, 4, 2}, images.image(0).pixels}, nullptr), UsageError);

  const Shape shape{1, 4, 4, 1};
  CHECK_NOTHROW(store.slots().check({.slot = 0}, shape));
  CHECK_THROWS_AS(store.slots().check({.slot = 1}, shape), UsageError);
  CHECK_THROWS_AS(store.slots().check({.slot = 2}, shape), UsageError);
  CHECK_THROWS_AS(store.slots().check({.slot = 0, .y = 1}, shape), UsageError);
  CHECK_THROWS_AS(store.slots().check({.slot = 0}, Shape{1, 4, 4, 3}), UsageError);
  CHECK_THROWS_AS(store.slots().check({.slot = 0, .orientation = 4}, Shape{1, 3, 5, 1}), UsageError);
}
