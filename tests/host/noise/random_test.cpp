#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/graph/initial_weights.hpp"
#include "host/noise/noise.hpp"
#include "host/noise/shuffle.hpp"
#include "tests/support/catch.hpp"

using namespace dae;

TEST_CASE("Philox4x32-10 gives Random123's known answers", "[random]") {
  CHECK(philox({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}) == Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("normals have the moments of a standard normal distribution", "[random]") {
  // With n = 400,000 draws the mean has the standard error 0.0016, the variance 0.0022, the fourth moment 0.0155
  // (sqrt(96 / n)), the share beyond 2 0.00033; the bounds are five of them, and the seed is fixed.
  double sum = 0, squares = 0, fourth = 0, beyond = 0, neighbours = 0;
  constexpr std::uint32_t quads = 100000;
  for (std::uint32_t q = 0; q < quads; ++q) {
    const auto n = normals(random_words(7, RngStream::train, 0, q / 196, q % 196));
    for (const double x : n) {
      sum += x;
      squares += x * x;
      fourth += x * x * x * x;
      beyond += std::abs(x) > 2;
    }
    neighbours += double{n[0]} * n[1] + double{n[2]} * n[3];
  }
  constexpr double count = 4.0 * quads;
  CHECK(std::abs(sum / count) < 0.008);
  CHECK(std::abs(squares / count - 1) < 0.011);
  CHECK(std::abs(fourth / count - 3) < 0.078);
  CHECK(std::abs(beyond / count - 0.0455) < 0.0017);
  CHECK(std::abs(neighbours / (count / 2)) < 0.012);
}

TEST_CASE("noise is a function of seed, stream, epoch and id, added up and clipped", "[random]") {
  const std::vector<float> clean(11, 0.5f);
  const auto noisy = [&](NoiseRecipe recipe, RngStream rng_stream, std::uint32_t epoch, std::uint32_t id) {
    std::vector<float> x = clean;
    add_noise(x, {1, 1, 11, 1}, recipe, rng_stream, epoch, id);
    return x;
  };
  const NoiseRecipe recipe{{Gaussian{0.5f}}, true, 1};
  const auto base = noisy(recipe, RngStream::train, 0, 3);
  CHECK(base == noisy(recipe, RngStream::train, 0, 3));
  CHECK(base != noisy(recipe, RngStream::validation, 0, 3));
  CHECK(base != noisy(recipe, RngStream::train, 1, 3));
  CHECK(base != noisy(recipe, RngStream::train, 0, 4));
  CHECK(base != noisy({{Gaussian{0.5f}}, true, std::uint64_t{1} << 40 | 1}, RngStream::train, 0, 3));
  CHECK(std::ranges::all_of(base, [](float x) { return x >= 0 && x <= 1; }));
  const auto open = noisy({{Gaussian{0.5f}}, false, 1}, RngStream::train, 0, 3);
  for (std::size_t i = 0; i < open.size(); ++i) CHECK(base[i] == std::clamp(open[i], 0.0f, 1.0f));
  const auto n = normals(random_words(1, RngStream::train, 0, 3, 1));
  CHECK(open[6] == 0.5f + 0.5f * n[2]);
}

TEST_CASE("initial weights are Glorot-uniform with zero biases", "[random]") {
  const Graph graph = preset("conv-dae-32");
  const Shape sample{1, 28, 28, 1};
  const auto weights = initial_weights(graph, sample, 1);
  CHECK(weights == initial_weights(graph, sample, 1));
  CHECK(weights != initial_weights(graph, sample, 2));
  for (const Parameter& p : parameters(graph, sample)) {
    const std::vector<float> own(weights.begin() + static_cast<std::ptrdiff_t>(p.offset),
                                 weights.begin() + static_cast<std::ptrdiff_t>(p.offset + p.size));
    const auto [low, high] = std::ranges::minmax(own);
    if (p.fan_in == 0) {
      CHECK(low == 0);
      CHECK(high == 0);
      continue;
    }
    const double limit = std::sqrt(6.0 / (p.fan_in + p.fan_out));
    CHECK(low > -limit);
    CHECK(high < limit);
    // 288 uniform draws or more reach within 5% of both ends but for a chance of 1e-3; the seed is fixed.
    CHECK(low < -0.95 * limit);
    CHECK(high > 0.95 * limit);
  }
}

TEST_CASE("a shuffle is a permutation that depends on seed and epoch", "[random]") {
  auto order = shuffled(60000, 1, 1);
  CHECK(order == shuffled(60000, 1, 1));
  CHECK(order != shuffled(60000, 1, 2));
  CHECK(order != shuffled(60000, 2, 1));
  // A random permutation has one fixed point on average.
  std::size_t fixed = 0;
  for (std::uint32_t i = 0; i < order.size(); ++i) fixed += order[i] == i;
  CHECK(fixed < 10);
  std::ranges::sort(order);
  std::vector<std::uint32_t> all(60000);
  std::iota(all.begin(), all.end(), 0u);
  CHECK(order == all);
  CHECK(shuffled(0, 1, 1).empty());
  CHECK(shuffled(1, 1, 1) == std::vector<std::uint32_t>{0});
}
