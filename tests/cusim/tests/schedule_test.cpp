#include <cmath>
#include <filesystem>
#include <set>

#include "host/files/csv_log.hpp"
#include "host/training/trainer.hpp"
#include "tests/cusim/runtime.hpp"
#include "tests/cusim/tests/cpu_reference.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/small_training.hpp"
#include "tests/support/temp_folder.hpp"

/// \file
/// Everything that changes from step to step lies on the device: a captured step is good for the whole run.
namespace dae::test {
namespace {

ImageSet images(int count) {
  ImageSet set{image_shape.with_batch(count), {}};
  for (std::size_t i = 0; i < set.shape.size(); ++i) set.pixels.push_back(static_cast<std::uint8_t>(i * i % 251));
  return set;
}

/// A run of 8 steps an epoch, the last of them short.
struct ScheduledRun : TrainingObserver {
  std::vector<std::vector<double>> steps;
  Checkpoint last;
  std::vector<EpochResult> epochs;

  ScheduledRun(Device& device, const Schedule& schedule, std::uint64_t epoch_count) {
    const TempFolder folder;
    TrainingPlan plan;
    plan.graph = small_graph();
    plan.epochs = epoch_count;
    plan.batch = 5;
    plan.optimizer = AdamW{.rate = 0.02f, .decay = 0.1f};
    plan.schedule = schedule;
    plan.clip_norm = 0.02f;
    plan.average_decay = 0.9f;
    plan.noise = {{Gaussian{0.3f}}, true, 3};
    plan.draw = NoiseDraw::fresh;
    plan.computation.deterministic = true;  // No plan is timed, so that all captures are of steps.
    plan.out = folder / "";
    const DeviceSet train_set = upload(device, images(38)), validation_set = upload(device, images(7));
    train(device, plan, train_set, validation_set, *this, [] { return false; });
    steps = read_csv(plan.out / steps_table);
    last = load_checkpoint(plan.out / last_checkpoint);
  }
  void epoch_ended(const EpochResult& result) override { epochs.push_back(result); }
};

}  // namespace

TEST_CASE("a step is captured once, however its rate, clipping and average change", "[cusim][schedule]") {
  const Schedule schedule =
      GENERATE(Schedule{.kind = Schedule::Kind::one_cycle, .warmup = 7}, Schedule{.kind = Schedule::Kind::one_cycle},
               Schedule{.kind = Schedule::Kind::cosine, .warmup = 5, .end = 0.1},
               Schedule{.kind = Schedule::Kind::step, .warmup = 3, .drop_every = 6});
  const auto device = simulated_device(), cpu = std::shared_ptr(cpu_reference());
  for (const std::uint64_t epochs : {2U, 5U}) {
    cusim::reset_counts();
    const ScheduledRun run(*device, schedule, epochs);
    // One graph for training steps and one for validation, replayed.
    const auto& calls = cusim::counts().calls;
    CHECK(calls.at("cudaStreamBeginCapture") == 2);
    CHECK(calls.at("cudaGraphInstantiate") == 2);
    CHECK(calls.at("cudaGraphLaunch") == epochs * (8 + 2));
    // A list of samples and of rates, totals to begin and to end with: nothing for a step.
    constexpr std::uint64_t at_first = 8, an_epoch = 6;
    CHECK(cusim::counts().work.at("store_kernel") <= at_first + an_epoch * epochs);

    const ScheduledRun wanted(*cpu, schedule, epochs);
    REQUIRE(run.steps.size() == 8 * epochs);
    REQUIRE(wanted.steps.size() == run.steps.size());
    std::set<double> rates;
    for (std::size_t i = 0; i < run.steps.size(); ++i) {
      CAPTURE(i);
      rates.insert(run.steps[i][3]);
      CHECK(run.steps[i][3] == wanted.steps[i][3]);
      CHECK(std::abs(run.steps[i][2] - wanted.steps[i][2]) <= 1e-4);
    }
    CHECK(rates.size() > 3);
    // Weights that were trained and their average, which are no longer the same numbers.
    CHECK(run.last.trained != run.last.weights);
    require_close(run.last.trained, wanted.last.trained, 1e-3);
    require_close(run.last.weights, wanted.last.weights, 1e-3);
    for (std::size_t i = 0; i < epochs; ++i)
      CHECK(std::abs(run.epochs[i].val_loss - wanted.epochs[i].val_loss) <= 1e-4);
  }
}

}  // namespace dae::test
