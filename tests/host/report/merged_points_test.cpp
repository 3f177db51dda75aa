#include "host/report/plot.hpp"

#include "tests/support/catch.hpp"

using namespace dae;

TEST_CASE("points are kept as they are while there is room, then merged into means", "[plot]") {
  MergedPoints merged(8);
  for (int i = 1; i <= 7; ++i) merged.add({static_cast<double>(i), 10.0 * i});
  REQUIRE(merged.points().size() == 7);
  CHECK(merged.points()[6].y == 70);
  merged.add({8, 80});
  REQUIRE(merged.points().size() == 4);
  CHECK(merged.points()[0].x == 1.5);
  CHECK(merged.points()[3].y == 75);
  merged.add({9, 90});
  CHECK(merged.points().size() == 4);
  merged.add({10, 100});
  REQUIRE(merged.points().size() == 5);
  CHECK(merged.points()[4].x == 9.5);
  for (int i = 11; i <= 100'000; ++i) merged.add({static_cast<double>(i), 10.0 * i});
  CHECK(merged.points().size() < 8);
  for (const LossCurve::Point& p : merged.points()) CHECK(p.y == Approx(10 * p.x));
  CHECK(merged.points().back().x > 70'000);
}
