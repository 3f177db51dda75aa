#include "host/report/plot.hpp"

#include <cmath>

#include "tests/support/catch.hpp"

using dae::even_ticks;
using dae::logarithmic_ticks;

namespace {

void check(const std::vector<double>& ticks, const std::vector<double>& expected) {
  REQUIRE(ticks.size() == expected.size());
  for (std::size_t i = 0; i < ticks.size(); ++i) CHECK(ticks[i] == Approx(expected[i]));
}

}  // namespace

TEST_CASE("the axis of losses is marked at 1, 2 and 5 times powers of ten", "[plot]") {
  check(logarithmic_ticks(0.055, 0.72), {0.1, 0.2, 0.5});
  check(logarithmic_ticks(0.0009, 0.6), {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5});
  check(logarithmic_ticks(1e-5, 2), {1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1});
  check(logarithmic_ticks(0.9e-8, 2), {1e-8, 1e-6, 1e-4, 1e-2, 1});
  // Too narrow for that: even distances, still of round numbers.
  check(logarithmic_ticks(0.109, 0.179), {0.12, 0.14, 0.16});
  check(logarithmic_ticks(0.0998, 0.1002), {0.0998, 0.0999, 0.1, 0.1001, 0.1002});
}

TEST_CASE("even marks are a round distance apart and not more than asked for", "[plot]") {
  check(even_ticks(0, 938, 5), {0, 200, 400, 600, 800});
  check(even_ticks(0, 1, 8), {0, 0.2, 0.4, 0.6, 0.8, 1});
  check(even_ticks(0, 12, 4), {0, 5, 10});
  CHECK_FALSE(std::signbit(even_ticks(0, 938, 5).front()));  // "-0" on the axis
}
