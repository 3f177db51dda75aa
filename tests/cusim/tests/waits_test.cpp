#include <algorithm>

#include "host/training/trainer.hpp"
#include "tests/cusim/runtime.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/devices.hpp"
#include "tests/support/small_training.hpp"
#include "tests/support/temp_folder.hpp"

/// \file
/// When the host waits for the device.
namespace dae::test {
namespace {

/// Another order than the suite's, for one test.
struct InOrder {
  explicit InOrder(cusim::Order order) { cusim::set_order(order); }
  InOrder(const InOrder&) = delete;
  InOrder& operator=(const InOrder&) = delete;
  ~InOrder() { cusim::set_order(cusim::Order::random, 1); }
};

std::uint64_t count(const std::map<std::string, std::uint64_t>& counts, const char* name) {
  const auto found = counts.find(name);
  return found == counts.end() ? 0 : found->second;
}

std::uint64_t waits() {
  const auto& calls = cusim::counts().calls;
  return count(calls, "cudaStreamSynchronize") + count(calls, "cudaDeviceSynchronize") +
         count(calls, "cudaEventSynchronize");
}

/// Wants to be told after every step, and writes down how often the host had waited by then.
struct Watching : TrainingObserver {
  struct Told {
    std::uint64_t epoch, step, waits;
  };
  std::vector<Told> told;

  [[nodiscard]] std::chrono::milliseconds interval() const override { return std::chrono::milliseconds(0); }
  void progressed(const TrainingProgress& progress) override {
    told.push_back({progress.epoch, progress.step, waits()});
  }
};

/// Fewer launches, those of the validation too, than the throttle lets pass.
constexpr std::uint64_t kSteps = 7, kEpochs = 2;

std::vector<Watching::Told> run(Device& device) {
  ImageSet images{image_shape.with_batch(4 * kSteps), {}};
  for (std::size_t i = 0; i < images.shape.size(); ++i) images.pixels.push_back(static_cast<std::uint8_t>(i * 31));
  const DeviceSet train_set = upload(device, images), validation_set = upload(device, images);
  const TempFolder folder;
  TrainingPlan plan;
  plan.graph = small_graph();
  plan.epochs = kEpochs;
  plan.batch = 4;
  plan.noise.parts = {Gaussian{}};
  plan.out = folder.path();
  Watching watching;
  dae::train(device, plan, train_set, validation_set, watching, [] { return false; });
  return watching.told;
}

}  // namespace

TEST_CASE("training waits for the device at an epoch's end only, however often it tells of its progress",
          "[cusim][waits]") {
  const auto device = test_devices()[0].device;
  {
    const InOrder eager(cusim::Order::eager);
    const auto told = run(*device);
    REQUIRE(told.size() == kEpochs * (kSteps + 1));
    for (std::size_t i = 0; i < told.size(); ++i) {
      CAPTURE(i);
      CHECK(told[i].step == told[i].epoch * kSteps - (i % (kSteps + 1) < kSteps ? kSteps - 1 - i % (kSteps + 1) : 0));
      // The first step of a run captures; the last one is told again when the losses were taken.
      if (i % (kSteps + 1) > 0 && i % (kSteps + 1) < kSteps) CHECK(told[i].waits == told[i - 1].waits);
    }
  }
  // Work that is done only when something waits for it: then no step was, before the epoch's end.
  const InOrder lazy(cusim::Order::lazy);
  const auto told = run(*device);
  REQUIRE(told.size() == kEpochs);
  CHECK(told[0].step == kSteps);
  CHECK(told[1].step == 2 * kSteps);
}

TEST_CASE("no more than 64 launches are in flight", "[cusim][waits]") {
  const auto device = test_devices()[0].device;
  const InOrder lazy(cusim::Order::lazy);
  constexpr int steps = 200;
  const Graph graph = small_graph();
  const SmallImages images(steps, image_shape);
  const auto store = images.store(*device);
  const auto state = device->make_state(graph, image_shape);
  const auto program = device->compile(graph, spec_of(1));
  program->load(*store, images.samples());
  program->train(*state, Adam{});
  program->take_metrics();
  cusim::reset_counts();
  std::uint64_t most = 0;
  while (program->train(*state, Adam{}) > 0)
    most =
        std::max(most, count(cusim::counts().calls, "cudaGraphLaunch") - count(cusim::counts().work, "update_kernel"));
  CHECK(most <= 64);
  CHECK(most > 32);  // the host does run ahead
  CHECK(waits() <= steps / 32);
}

}  // namespace dae::test
