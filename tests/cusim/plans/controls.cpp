#include "tests/cusim/plans/controls.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <string>

#include "cuda/cudnn/error.hpp"
#include "cuda/cudnn/plan.hpp"
#include "cuda/cudnn/plan_cache.hpp"
#include "host/files/atomic_file.hpp"
#include "host/files/input_file.hpp"
#include "tests/cusim/plans/devices.hpp"

namespace dae::plans {
namespace {

using namespace cuda::cudnn;

constexpr ConvShape kConv{
    .n = 128, .height = 14, .width = 14, .channels = 32, .filters = 32, .kernel = 3, .before = 1, .after = 1};
constexpr PlanFilter kStrict{}, kAny{.reduced_precision = true, .nondeterministic = true};

DeviceProperties properties(int architecture) { return DeviceProperties::from_json(device_file(architecture).json); }

std::size_t control(const char* name, bool good, const std::string& detail = "") {
  fmt::print("control, {}: {}{}\n", name, good ? "as it must be" : "FAILED", detail.empty() ? "" : " (" + detail + ")");
  return good ? 0 : 1;
}

/// The action must throw a DeviceError.
std::size_t refused(const char* name, const std::function<void()>& action) {
  try {
    action();
  } catch (const DeviceError& error) {
    return control(name, true, error.what());
  }
  return control(name, false, "it was accepted");
}

std::size_t flipped_bit_is_found(const Plan& plan) {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("dae-plans-{}", getpid());
  const PlanCache cache(folder);
  cache.store("key", {plan.name(), plan.json()});
  std::size_t failed = control("a cached plan is found", cache.find("key").has_value());
  failed += control("under its own key only", !cache.find("another key"));
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::string content = read_file(entry.path(), std::size_t{64} << 20);
    content[content.size() / 2] = static_cast<char>(content[content.size() / 2] ^ 1);
    write_file(entry.path(), content);
  }
  failed += control("a flipped bit in a cached plan is found", !cache.find("key"));
  std::filesystem::remove_all(folder);
  return failed;
}

}  // namespace

std::size_t failed_controls() {
  const DeviceProperties h100 = properties(90), t4 = properties(75);
  const OperationGraph conv = conv_forward(kConv, CUDNN_DATA_FLOAT, Epilogue::bias_relu);
  const std::vector<Plan> strict = candidates(conv, h100, kStrict, 1), any = candidates(conv, h100, kAny, 1);
  const std::string json = strict[0].json();
  std::size_t failed = 0;
  failed += refused("an output with fewer than no rows", [] {
    conv_forward({.n = 1, .height = 2, .width = 2, .channels = 1, .filters = 1, .kernel = 5}, CUDNN_DATA_FLOAT,
                 Epilogue::none);
  });
  failed += refused("bf16 on compute capability 7.5", [&] {
    static_cast<void>(candidates(conv_forward(kConv, CUDNN_DATA_BFLOAT16, Epilogue::bias_relu), t4, kAny, 1));
  });
  failed += refused("a plan of another architecture", [&] { static_cast<void>(Plan::restore(t4, json, "")); });
  failed +=
      refused("a plan cut short", [&] { static_cast<void>(Plan::restore(h100, json.substr(0, json.size() / 2), "")); });
  failed += control("strict fp32 takes another engine than TF32 on an H100", strict[0].name() != any[0].name(),
                    strict[0].name() + ", " + any[0].name());
  failed += control("a plan restored from its text needs the same workspace",
                    Plan::restore(h100, json, "").workspace() == strict[0].workspace());
  failed +=
      control("a plan is found again by its name", named_candidate(conv, h100, kStrict, strict[0].name()).size() == 1);
  failed += control("no plan has a name that nobody gave", named_candidate(conv, h100, kStrict, "A0 eng9999").empty());
  failed += flipped_bit_is_found(strict[0]);
  return failed;
}

std::size_t failed_pooling_controls() {
  const DeviceProperties h100 = properties(90);
  const PoolShape shape{.n = 128, .height = 7, .width = 7, .channels = 4, .size = 2};
  const std::vector<Plan> plans = candidates(max_pool_forward(shape, CUDNN_DATA_FLOAT, true), h100, kStrict, 6);
  std::size_t failed = control("a compiled plan is not compared with others", plans.size() == 1 && plans[0].compiled());
  failed += control("a compiled plan is restored from its text",
                    Plan::restore(h100, plans[0].json(), "").workspace() == plans[0].workspace());
  return failed;
}

}  // namespace dae::plans
