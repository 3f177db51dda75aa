#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdio>
#include <string_view>

#include "cuda/layers/lowering.hpp"
#include "dae/error.hpp"
#include "tests/cusim/plans/controls.hpp"
#include "tests/cusim/plans/devices.hpp"
#include "tests/cusim/plans/layers.hpp"

/// \file
/// The real cuDNN plans every graph that the engine builds for the presets, for GPUs that are not there: through the
/// engine's own lowering, with every filter. Usage: cuda-plans convolutions|pooling short|full. Exits with 77, which
/// ctest takes for "skipped", where a real driver is: hand-written properties are for machines without one.
namespace dae::plans {
namespace {

struct Setting {
  Precision precision;
  bool deterministic;
  const char* name;
};
constexpr Setting kSettings[] = {{Precision::fp32, true, "fp32 deterministic"},
                                 {Precision::fp32, false, "fp32"},
                                 {Precision::tf32, false, "tf32"},
                                 {Precision::tf32, true, "tf32 deterministic"},
                                 {Precision::bf16, false, "bf16"},
                                 {Precision::bf16, true, "bf16 deterministic"}};

struct Tally {
  std::size_t graphs = 0, failures = 0, workspace = 0;
};

void plan_layer(const SingleLayer& layer, const Setting& setting, cuda::cudnn::Planner& planner, Tally& tally) {
  for (const Mode mode : {Mode::train, Mode::infer}) {
    const Spec spec{
        .shape = layer.in, .mode = mode, .loss = Dot{}, .computation = {setting.precision, setting.deterministic}};
    cuda::cudnn::Choices choices;
    try {
      const cuda::ParameterLayout layout(layer.graph, layer.in);
      const auto steps = lower(layer.graph, spec, cuda::InputGradient::yes, layout, {&planner}, choices);
      tally.workspace = std::max(tally.workspace, steps.workspace);
      tally.graphs += choices.size();
    } catch (const Error& error) {
      ++tally.failures;
      fmt::print("FAILED {} {} batch {}: {}\n", layer.name, setting.name, layer.in.n, error.what());
    }
  }
}

/// Pooling is compiled for a second each: the short form takes one precision. Its engines do not depend on the rest.
bool wanted(const Setting& setting, const DeviceFile& device, Part part, bool full) {
  if (setting.precision != Precision::fp32 && device.architecture < 80) return false;
  if (part == Part::convolutions) return true;
  return !setting.deterministic &&
         (setting.precision == Precision::fp32 || (full && setting.precision == Precision::bf16));
}

Tally plan_device(const DeviceFile& device, Part part, bool full) {
  cuda::cudnn::Planner planner(cuda::cudnn::DeviceProperties::from_json(device.json), device.name,
                               cuda::cudnn::PlanCache(""),
                               // Every plan is as fast: the first wins.
                               [](const auto&, const auto& plans) { return std::vector<float>(plans.size(), 1.0f); });
  Tally tally;
  for (const Setting& setting : kSettings) {
    if (!wanted(setting, device, part, full)) continue;
    for (const int batch : {1, 16, 96, 128}) {
      if (batch != 128 && (!full || part == Part::pooling)) continue;
      for (const SingleLayer& layer : single_layers(part, batch)) plan_layer(layer, setting, planner, tally);
    }
  }
  return tally;
}

bool in_short_form(const DeviceFile& device, Part part) {
  if (part == Part::pooling) return device.architecture == 90;
  return device.architecture == 75 || device.architecture == 90 || device.architecture == 120;
}

int run(Part part, bool full) {
  std::size_t failures = 0;
  for (const DeviceFile& device : device_files()) {
    if (!full && !in_short_form(device, part)) continue;
    const Tally tally = plan_device(device, part, full);
    fmt::print("{}: {} graphs planned, {} failed, largest workspace {:.1f} MB\n", device.name, tally.graphs,
               tally.failures, static_cast<double>(tally.workspace) / 1e6);
    std::fflush(stdout);
    failures += tally.failures;
    if (tally.graphs == 0) ++failures;
  }
  failures += part == Part::convolutions ? failed_controls() : failed_pooling_controls();
  return failures == 0 ? 0 : 1;
}

/// The library that stands in for the driver says so by this symbol.
bool real_driver_here() {
  void* driver = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL);
  return driver != nullptr && dlsym(driver, "dae_pretended_driver") == nullptr;
}

}  // namespace
}  // namespace dae::plans

int main(int argc, char** argv) {
  using namespace dae::plans;
  const std::string_view part = argc > 1 ? argv[1] : "", form = argc > 2 ? argv[2] : "";
  if ((part != "convolutions" && part != "pooling") || (form != "short" && form != "full")) {
    fmt::print(stderr, "usage: {} convolutions|pooling short|full\n", argv[0]);
    return 2;
  }
  if (real_driver_here()) {
    fmt::print("skipped: there is a real driver; the engine itself plans for its GPU\n");
    return 77;
  }
  return run(part == "pooling" ? Part::pooling : Part::convolutions, form == "full");
}
