#include "host/bench/sweep.hpp"

#include "tests/support/catch.hpp"

using namespace dae;

TEST_CASE("the sweep times every shape", "[bench]") {
  const Sweep sweep = bench_sweep(
      {{.channels = 9, .kernel = 3, .size = 5}, {.channels = 8, .kernel = 5, .size = 3, .upsampled = true}}, 1);
  REQUIRE(sweep.results.size() == 2);
  CHECK(sweep.fma_peak_gflops > 0);
  for (const SweepResult& result : sweep.results) {
    CHECK(result.microseconds > 0);
    CHECK(result.direct_over_peak > 0);
  }
  CHECK(sweep_shapes().size() > 50);
}
