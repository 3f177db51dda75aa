#include <numeric>

#include "tests/cusim/runtime.hpp"
#include "tests/cusim/tests/captured_step.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/devices.hpp"

using namespace dae;
using namespace dae::test;

namespace {

std::uint64_t calls(const char* name) {
  const auto& all = cusim::counts().calls;
  const auto found = all.find(name);
  return found == all.end() ? 0 : found->second;
}

std::uint64_t work(const char* name) {
  const auto& all = cusim::counts().work;
  const auto found = all.find(name);
  return found == all.end() ? 0 : found->second;
}

}  // namespace

TEST_CASE("a step of conv-dae-32 is one graph launch of at most 36 launches, no copy, allocation or wait",
          "[cusim][step]") {
  const auto device = test_devices()[0].device;
  constexpr int batch = 2;
  constexpr std::size_t steps = 4;
  for (const Precision precision : {Precision::fp32, Precision::bf16}) {
    CapturedStep step(*device, batch, 1 + static_cast<int>(steps), precision);
    cusim::reset_counts();
    while (step.take() > 0) {
    }
    CHECK(calls("cudaGraphLaunch") == steps);
    // A step calls nothing besides but to make the device current.
    CHECK(cusim::counts().calls ==
          std::map<std::string, std::uint64_t>{{"cudaGraphLaunch", steps}, {"cudaSetDevice", steps + 1}});
    step.metrics();
    const auto& all = cusim::counts().work;
    const std::uint64_t launches =
        std::accumulate(all.begin(), all.end(), std::uint64_t{0}, [](std::uint64_t sum, const auto& each) {
          return sum + (each.first.starts_with("copy") || each.first == "store_kernel" ? 0 : each.second);
        });
    CHECK(launches <= 36 * steps);
    CHECK(work("gather_kernel") == steps);
    CHECK(work("loss_kernel") == steps);
    CHECK(work("bias_gradient_kernel") == 5 * steps);
    CHECK(work("upsample_forward_kernel") == 2 * steps);
    CHECK(work("upsample_backward_kernel") == 2 * steps);
    CHECK(work("step_end_kernel") == steps);
    CHECK(work("update_kernel") == steps);
    CHECK(work("convert_kernel") + work("cast_kernel") == (precision == Precision::bf16 ? steps : 0));
  }
}
