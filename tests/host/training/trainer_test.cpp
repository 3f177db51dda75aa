#include "host/training/trainer.hpp"

#include <algorithm>
#include <fstream>
#include <numeric>

#include "dae/error.hpp"
#include "host/checkpoint/checkpoint.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/trainer_rig.hpp"

using namespace dae;

namespace {

std::vector<std::uint32_t> sorted_ids(std::span<const Sample> samples) {
  std::vector<std::uint32_t> ids;
  for (const Sample& sample : samples) ids.push_back(sample.id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::vector<std::uint32_t> all_ids(int count) {
  std::vector<std::uint32_t> ids(static_cast<std::size_t>(count));
  std::iota(ids.begin(), ids.end(), 0u);
  return ids;
}

}  // namespace

TEST_CASE("training uses every image once an epoch, the short last batch too, in a new order", "[trainer]") {
  const TempFolder folder;
  Rig rig(folder.path());
  const TrainingResult result = rig.run();
  CHECK(result.end == TrainingEnd::finished);
  CHECK(result.step == 15);
  CHECK(result.epochs_done == 3);
  CHECK(rig.device.log->images_put == train_count + validation_count);
  CHECK(rig.device.log->batches == std::vector<std::size_t>{5, 5, 5, 5, 3, 5, 5, 5, 5, 3, 5, 5, 5, 5, 3});
  const std::span<const Sample> trained(rig.device.log->trained);
  REQUIRE(trained.size() == 3 * train_count);
  for (std::size_t epoch = 0; epoch < 3; ++epoch) {
    CHECK(sorted_ids(trained.subspan(epoch * train_count, train_count)) == all_ids(train_count));
  }
  const auto same_order = [](const Sample& a, const Sample& b) { return a.id == b.id; };
  CHECK_FALSE(std::equal(trained.begin(), trained.begin() + train_count, trained.begin() + train_count, same_order));
  for (const Sample& sample : trained) {
    CHECK(sample.slot == sample.id);
    CHECK(sample.rng_stream == RngStream::train);
    CHECK(sample.epoch == 0);
  }
}

TEST_CASE("both programs are compiled with the precision and limits of the plan", "[trainer]") {
  const TempFolder folder;
  Rig rig(folder.path());
  rig.plan.computation = {Precision::tf32, true, 4096};
  rig.run();
  REQUIRE(rig.device.log->compiled.size() == 2);
  CHECK(rig.device.log->compiled[0].mode == Mode::train);
  for (const Spec& spec : rig.device.log->compiled) {
    CHECK(spec.computation.precision == Precision::tf32);
    CHECK(spec.computation.deterministic);
    CHECK(spec.computation.workspace_limit == 4096);
  }
}

TEST_CASE("a resumed run asks for the algorithms that the run before had chosen", "[trainer]") {
  const TempFolder folder;
  Rig first(folder.path());
  first.device.plans = "chosen";
  first.plan.epochs = 1;
  first.run();
  CHECK(first.chosen.training == "chosen 0");
  CHECK(first.chosen.validation == "chosen 1");
  for (const Spec& spec : first.device.log->compiled) CHECK(spec.plans.empty());
  const Checkpoint checkpoint = load_checkpoint(folder / "last.safetensors");
  CHECK(checkpoint.plans == first.chosen);

  Rig second(folder.path());
  second.plan.resume = true;
  second.run();
  CHECK(second.device.log->compiled[0].plans == "chosen 0");
  CHECK(second.device.log->compiled[1].plans == "chosen 1");
  // A device without a choice leaves none.
  CHECK(load_checkpoint(folder / "last.safetensors").plans == ChosenPlans{});
}

TEST_CASE("fresh noise counts epochs from 1, validation noise is always the same", "[trainer]") {
  const TempFolder folder;
  Rig rig(folder.path());
  rig.plan.draw = NoiseDraw::fresh;
  rig.run();
  for (std::size_t i = 0; i < rig.device.log->trained.size(); ++i) {
    CHECK(rig.device.log->trained[i].epoch == 1 + i / train_count);
  }
  REQUIRE(rig.device.log->evaluated.size() == 3 * validation_count);
  for (std::size_t i = 0; i < rig.device.log->evaluated.size(); ++i) {
    const Sample& sample = rig.device.log->evaluated[i];
    CHECK(sample.id == i % validation_count);
    CHECK(sample.epoch == 0);
    CHECK(sample.rng_stream == RngStream::validation);
  }
}

TEST_CASE("the tables have a row a step and a row an epoch", "[trainer]") {
  const TempFolder folder;
  Rig rig(folder.path());
  rig.run();
  CHECK(slurp(folder / "history.csv").starts_with("epoch,loss,val_loss,val_psnr,seconds,images_per_s\n1,"));
  CHECK(slurp(folder / "steps.csv").starts_with("step,epoch,loss,lr,images_per_s\n1,1,"));
  const auto steps = read_csv(folder / "steps.csv"), history = read_csv(folder / "history.csv");
  REQUIRE(steps.size() == 15);
  REQUIRE(history.size() == 3);
  REQUIRE(rig.results.size() == 3);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    CHECK(steps[i][0] == static_cast<double>(i + 1));
    CHECK(steps[i][1] == static_cast<double>(1 + i / 5));
    CHECK(steps[i][3] == 0.001);
  }
  for (std::size_t epoch = 0; epoch < 3; ++epoch) {
    // The epoch's loss weights each step with its images: the last has 3 instead of 5.
    double sum = 0;
    for (std::size_t i = 0; i < 5; ++i) sum += steps[5 * epoch + i][2] * (i == 4 ? 3 : 5);
    CHECK(history[epoch][1] == Approx(sum / train_count).epsilon(1e-6));  // 8 digits in the file, floats in the sum
    CHECK(history[epoch][3] == 15);
  }
}

TEST_CASE("progress is told without waiting for the device and is that of the tables", "[trainer]") {
  const TempFolder folder;
  Rig rig(folder.path());
  rig.every = std::chrono::milliseconds(0);  // after every step, and at an epoch's end
  rig.run();
  CHECK(rig.device.log->metrics_taken == 3 + 3);  // an epoch's steps and its validation
  const auto steps = read_csv(folder / "steps.csv");
  REQUIRE(rig.told.size() == 3 * 6);
  for (std::size_t epoch = 0; epoch < 3; ++epoch) {
    double sum = 0;
    std::uint64_t samples = 0;
    for (std::size_t i = 0; i < 6; ++i) {
      const TrainingProgress& told = rig.told[6 * epoch + i];
      if (i < 5) {
        const std::uint64_t taken = i == 4 ? 3 : 5;
        samples += taken;
        sum += steps[5 * epoch + i][2] * static_cast<double>(taken);
      }
      CHECK(told.step == 5 * epoch + std::min<std::size_t>(i + 1, 5));
      CHECK(told.epoch == epoch + 1);
      CHECK(told.samples == samples);
      CHECK(told.loss == Approx(sum / static_cast<double>(samples)).epsilon(1e-6));  // floats
    }
  }
}

TEST_CASE("best.safetensors is the epoch of the lowest val_loss", "[trainer]") {
  const TempFolder folder;
  Rig rig(folder.path());
  rig.run();
  const auto history = read_csv(folder / "history.csv");
  const auto best = std::min_element(history.begin(), history.end(), [](auto& a, auto& b) { return a[2] < b[2]; });
  const Checkpoint checkpoint = load_checkpoint(folder / "best.safetensors");
  CHECK(checkpoint.metrics.at("epoch") == (*best)[0]);
  CHECK(checkpoint.metrics.at("val_loss") == Approx((*best)[2]).epsilon(1e-7));
  CHECK(load_checkpoint(folder / "last.safetensors").metrics.at("epoch") == 3);
}

TEST_CASE("stopping anywhere and resuming ends with the same bytes", "[trainer]") {
  const TempFolder whole;
  Rig(whole.path()).run();
  const Files expected(whole.path());
  const std::uint64_t stop = GENERATE(1u, 2u, 4u, 5u, 6u, 9u, 10u, 14u, 15u);
  INFO("stopped after step " << stop);
  const TempFolder folder;
  Rig first(folder.path());
  first.plan.stop_after_steps = stop;
  const TrainingResult stopped = first.run();
  CHECK(stopped.end == TrainingEnd::step_limit);
  CHECK(stopped.step == stop);
  CHECK(load_checkpoint(folder / "last.safetensors").step == stop);
  Rig second(folder.path());
  second.plan.resume = true;
  CHECK(second.run().step == 15);
  CHECK(Files(folder.path()) == expected);
}

TEST_CASE("a schedule that needs the run's length does not take another one", "[trainer]") {
  const TempFolder folder;
  Rig first(folder.path());
  first.plan.schedule.kind = Schedule::Kind::cosine;
  first.plan.stop_after_steps = 4;
  first.run();
  Rig second(folder.path());
  second.plan.schedule.kind = Schedule::Kind::cosine;
  second.plan.resume = true;
  second.plan.epochs = 4;
  CHECK_THROWS_WITH(second.run(), ContainsSubstring("--epochs"));
}

TEST_CASE("each step has its own rate, in the table too", "[trainer]") {
  const TempFolder folder;
  Rig rig(folder.path());
  rig.plan.schedule.warmup = 4;
  rig.run();
  const auto steps = read_csv(folder / "steps.csv");
  REQUIRE(rig.device.log->updates.size() == 15);
  for (std::size_t i = 0; i < 15; ++i) {
    const double wanted = 1e-3 * std::min(1.0, 0.25 * static_cast<double>(i + 1));
    CHECK(static_cast<double>(rate_of(rig.device.log->updates[i].optimizer)) == Approx(wanted));
    CHECK(steps[i][3] == Approx(wanted));
  }
}

TEST_CASE("a stop between steps or during the validation loses nothing", "[trainer]") {
  const TempFolder whole;
  Rig(whole.path()).run();
  const int stop_at = GENERATE(0, 1, 3, 5, 6, 7, 8, 9, 12);
  const TempFolder folder;
  Rig first(folder.path());
  first.stop_at = stop_at;
  CHECK(first.run().end == TrainingEnd::stop_requested);
  Rig second(folder.path());
  second.plan.resume = true;
  second.run();
  CHECK(Files(folder.path()) == Files(whole.path()));
}

TEST_CASE("rows and checkpoints beyond the last state are made anew", "[trainer]") {
  const TempFolder whole;
  Rig(whole.path()).run();
  const TempFolder folder;
  Rig first(folder.path());
  first.plan.stop_after_steps = 7;
  first.run();
  // A run that was killed a little later leaves more rows, the last one not whole.
  std::ofstream(folder / "steps.csv", std::ios::app) << "8,2,0.5,0.001,10\n9,2,0.5,0.001,10\n10,2,0.";
  std::ofstream(folder / "history.csv", std::ios::app) << "2,0.1,0.1,10,1,1\n";
  Rig second(folder.path());
  second.plan.resume = true;
  second.run();
  CHECK(Files(folder.path()) == Files(whole.path()));
}

TEST_CASE("epochs may grow when a run is resumed", "[trainer]") {
  const TempFolder whole, folder;
  Rig(whole.path()).run();
  Rig first(folder.path());
  first.plan.epochs = 1;
  CHECK(first.run().end == TrainingEnd::finished);
  Rig second(folder.path());
  second.plan.resume = true;
  second.run();
  CHECK(Files(folder.path()) == Files(whole.path()));
  Rig third(folder.path());
  third.plan.resume = true;
  CHECK(third.run().step == 15);  // nothing left to do
  CHECK(Files(folder.path()) == Files(whole.path()));
}

TEST_CASE("a run is not resumed with something else than it was started with", "[trainer]") {
  const TempFolder folder;
  Rig first(folder.path());
  first.plan.stop_after_steps = 4;
  first.run();
  const std::string before = slurp(folder / "last.safetensors");
  Rig second(folder.path());
  second.plan.resume = true;
  std::string flag;
  SECTION("batch") { flag = "--batch", second.plan.batch = 6; }
  SECTION("rate") { flag = "--lr", second.plan.optimizer = Adam{.rate = 0.5f}; }
  SECTION("sigma") { flag = "--noise", second.plan.noise.parts = {Gaussian{0.25f}}; }
  SECTION("clipping") { flag = "--noise", second.plan.noise.clip = false; }
  SECTION("draw") { flag = "--noise-draw", second.plan.draw = NoiseDraw::fresh; }
  SECTION("seed") { flag = "--seed", second.plan.noise.seed = 9; }
  SECTION("loss") { flag = "--loss", second.plan.loss = L1{}; }
  SECTION("optimizer") { flag = "optimizer", second.plan.optimizer = AdamW{}; }
  SECTION("schedule") { flag = "--schedule", second.plan.schedule.warmup = 3; }
  SECTION("gradient clipping") { flag = "--clip-norm", second.plan.clip_norm = 1; }
  SECTION("average") { flag = "--ema", second.plan.average_decay = 0.5f; }
  SECTION("images") { flag = "--train-data", second.train_images.pixels[3] ^= 1; }
  SECTION("number of images") { flag = "--val-data", second.validation_images = images(7); }
  SECTION("model") {
    flag = "--model";
    second.plan.graph.nodes.back().name = "other";
  }
  try {
    second.run();
    FAIL("resumed with another " << flag);
  } catch (const UsageError& error) {
    CHECK(std::string(error.what()).find(flag) != std::string::npos);
  }
  CHECK(slurp(folder / "last.safetensors") == before);
  CHECK(read_csv(folder / "steps.csv").size() == 4);
}

TEST_CASE("a loss that is not finite stops the run and keeps the last good checkpoint", "[trainer]") {
  const TempFolder folder;
  Rig rig(folder.path());
  rig.device.log->bad_step = 8;
  try {
    rig.run();
    FAIL("went on");
  } catch (const NumericError& error) {
    CHECK(std::string(error.what()).find("step 8") != std::string::npos);
  }
  CHECK(load_checkpoint(folder / "last.safetensors").step == 5);
  CHECK(load_checkpoint(folder / "best.safetensors").step == 5);
  CHECK(read_csv(folder / "steps.csv").size() == 7);
}

TEST_CASE("a loss that is not finite is noticed in the middle of an epoch", "[trainer]") {
  const TempFolder folder;
  Rig rig(folder.path());
  rig.every = std::chrono::milliseconds(0);
  rig.device.log->bad_step = 8;
  CHECK_THROWS_AS(rig.run(), NumericError);
  CHECK(rig.device.log->batches.size() == 8);
}

TEST_CASE("a validation loss that is not finite stops the run too", "[trainer]") {
  const TempFolder folder;
  Rig rig(folder.path());
  rig.device.log->bad_validation = true;
  CHECK_THROWS_AS(rig.run(), NumericError);
  CHECK(load_checkpoint(folder / "last.safetensors").step == 0);
}

TEST_CASE("images that do not fit the network are refused before a file is written", "[trainer]") {
  const TempFolder folder;
  Rig rig(folder.path());
  SECTION("two sizes") { rig.validation_images = images(4, {1, 4, 5, 1}); }
  SECTION("output unlike input") { rig.plan.graph.nodes[1].op = Conv2d{.filters = 1, .padding = Padding::valid}; }
  CHECK_THROWS_AS(rig.run(), ShapeError);
  CHECK(folder.names().empty());
}

TEST_CASE("a new run leaves no best checkpoint of an old one", "[trainer]") {
  const TempFolder folder;
  Rig(folder.path()).run();
  Rig second(folder.path());
  second.plan.stop_after_steps = 1;
  second.run();
  CHECK_FALSE(std::filesystem::exists(folder / "best.safetensors"));
  CHECK(read_csv(folder / "history.csv").empty());
  CHECK(read_csv(folder / "steps.csv").size() == 1);
}
