#include "host/training/epoch_feed.hpp"

#include <algorithm>
#include <numeric>

#include "dae/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/trainer_rig.hpp"

using namespace dae;

namespace {

std::vector<std::uint32_t> ids(std::span<const Sample> samples) {
  std::vector<std::uint32_t> all;
  for (const Sample& sample : samples) all.push_back(sample.id);
  return all;
}

}  // namespace

TEST_CASE("epochs shorter than the set go on where the one before stopped", "[trainer][recipe]") {
  const TempFolder folder, whole_folder;
  Rig rig(folder.path()), whole(whole_folder.path());
  rig.plan.draw = whole.plan.draw = NoiseDraw::fresh;
  rig.plan.epoch_images = 8;
  rig.plan.epochs = 6;
  CHECK(rig.run().step == 12);
  whole.run();
  CHECK(rig.device.log->batches == std::vector<std::size_t>{5, 3, 5, 3, 5, 3, 5, 3, 5, 3, 5, 3});
  const std::vector<Sample>&trained = rig.device.log->trained, &expected = whole.device.log->trained;
  REQUIRE(trained.size() == 48);
  CHECK(ids(trained) == ids(std::span(expected).first(48)));
  for (std::size_t i = 0; i < trained.size(); ++i) CHECK(trained[i].epoch == 1 + i / train_count);
  REQUIRE(rig.results.size() == 6);
}

TEST_CASE("an epoch of more images than there are is the whole set", "[trainer][recipe]") {
  const TempFolder folder, whole;
  Rig(whole.path()).run();
  Rig rig(folder.path());
  rig.plan.epoch_images = 1000;
  CHECK(rig.run().step == 15);
  CHECK(lasting(folder / "steps.csv", 4) == lasting(whole / "steps.csv", 4));
}

TEST_CASE("short epochs that are stopped and resumed end with the same bytes", "[trainer][recipe]") {
  const auto planned = [](const std::filesystem::path& out) {
    Rig rig(out);
    rig.plan.epoch_images = 9;
    rig.plan.epochs = 4;
    rig.plan.schedule.kind = Schedule::Kind::one_cycle;
    return rig;
  };
  const TempFolder whole, folder;
  planned(whole.path()).run();
  Rig first = planned(folder.path());
  first.plan.stop_after_steps = GENERATE(1u, 2u, 5u, 7u, 8u);
  first.run();
  Rig other = planned(folder.path());
  other.plan.resume = true;
  other.plan.epoch_images = 8;
  CHECK_THROWS_WITH(other.run(), ContainsSubstring("--epoch-images"));
  Rig second = planned(folder.path());
  second.plan.resume = true;
  CHECK(second.run().step == 8);
  CHECK(Files(folder.path()) == Files(whole.path()));
}

TEST_CASE("a run is done once it reaches the loss that it was to reach", "[trainer][recipe]") {
  const TempFolder whole, folder;
  Rig all(whole.path());
  all.plan.epochs = 6;
  CHECK_FALSE(all.run().target_reached);
  const auto history = read_csv(whole / "history.csv");
  // The fake device's losses go up and down.
  const double target = history[2][2];
  const auto reached = std::ranges::find_if(history, [&](const auto& row) { return row[2] <= target; });
  Rig rig(folder.path());
  rig.plan.epochs = 6;
  rig.plan.target = target * (1 + 1e-6);  // 8 digits in the file
  const TrainingResult result = rig.run();
  CHECK(result.end == TrainingEnd::finished);
  CHECK(result.target_reached);
  CHECK(result.epochs_done == static_cast<std::uint64_t>((*reached)[0]));
  Rig again(folder.path());
  again.plan = rig.plan;
  again.plan.resume = true;
  CHECK(again.run().step == result.step);  // nothing left to do
  again.plan.target.reset();
  CHECK(again.run().step == 30);
  CHECK(Files(folder.path()) == Files(whole.path()));
}
