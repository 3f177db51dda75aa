#include "host/device/configured_device.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fake_device.hpp"

using namespace dae;

TEST_CASE("a configured device compiles everything with its settings and leaves the rest of a Spec", "[device]") {
  auto fake = std::make_unique<FakeDevice>();
  const auto log = fake->log;
  const auto device = configured(std::move(fake), {Precision::bf16, true, 4096});
  CHECK(device->name() == "fake");
  const Spec spec{.shape = {7, 4, 4, 1}, .mode = Mode::train, .plans = "these"};
  device->compile({}, spec);
  CHECK(device->preferred_batch({}, spec) == FakeDevice().preferred_batch({}, spec));
  CHECK(device->compile_cost_in_batches() == FakeDevice().compile_cost_in_batches());
  REQUIRE(log->compiled.size() == 1);
  REQUIRE(log->asked.size() == 1);
  for (const Spec& seen : {log->compiled[0], log->asked[0]}) {
    CHECK(seen.precision == Precision::bf16);
    CHECK(seen.deterministic);
    CHECK(seen.workspace_limit == 4096);
    CHECK(seen.shape == spec.shape);
    CHECK(seen.mode == Mode::train);
    CHECK(seen.plans == "these");
  }
}
