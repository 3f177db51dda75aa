// A whole run as a library: what an observer is told, and what is left.
#include "host/training/training_run.hpp"

#include "dae/error.hpp"
#include "host/data/idx.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/trainer_rig.hpp"

using namespace dae;

namespace {

/// A run of three epochs on a fake device, and the order of what it tells.
struct RunRig : RunObserver {
  RunRig() {
    write_idx(folder / "train", images(train_count));
    write_idx(folder / "validation", images(validation_count));
    options.plan = Rig(folder / "run").plan;
    options.data = {.train = folder / "train", .validation = folder / "validation"};
    options.program = {{"name", "a test"}};
    options.settings = {{"epochs", 3}};
    options.threads = 1;
  }
  void prepared(const RunFacts& told) override {
    facts = told;
    events.push_back("prepared");
  }
  void starting(const ChosenPlans&) override { events.push_back("starting"); }
  void recorded(const nlohmann::ordered_json& written) override {
    record = written;
    events.push_back("recorded");
  }
  void epoch_ended(const EpochResult& epoch) override { events.push_back("epoch " + std::to_string(epoch.epoch)); }
  void ended(const nlohmann::ordered_json& told) override {
    result = told;
    events.push_back("ended");
  }
  TrainingResult run() {
    const auto open = [&]() -> Device& {
      events.push_back("device");
      return device;
    };
    return train_run(open, options, *this, [&] { return stop_at-- == 0; });
  }
  [[nodiscard]] nlohmann::ordered_json written() const {
    return nlohmann::ordered_json::parse(slurp(folder / "run/run.json"));
  }

  TempFolder folder;
  FakeDevice device;
  RunOptions options;
  RunFacts facts;
  nlohmann::ordered_json record, result;
  std::vector<std::string> events;
  int stop_at = -1;
};

}  // namespace

TEST_CASE("a run tells its observer everything in order and leaves every file", "[training]") {
  RunRig rig;
  CHECK(rig.run().end == TrainingEnd::finished);
  CHECK(rig.events == std::vector<std::string>{"device", "prepared", "starting", "recorded", "epoch 1", "epoch 2",
                                               "epoch 3", "ended"});
  CHECK(rig.facts.images == train_count);
  CHECK(rig.facts.validation_images == validation_count);
  CHECK(rig.facts.sample == Shape{1, 4, 4, 1});
  CHECK_THAT(rig.facts.noise, ContainsSubstring("gaussian 0.5") && ContainsSubstring("static"));
  CHECK(rig.facts.floor.has_value());
  CHECK(rig.facts.noisy_psnr > 0);
  std::vector<std::string> keys;
  const nlohmann::ordered_json written = rig.written();
  for (auto entry = written.begin(); entry != written.end(); ++entry) keys.push_back(entry.key());
  CHECK(keys == std::vector<std::string>{"program", "settings", "device", "threads", "data", "model", "result"});
  CHECK(written["program"]["name"] == "a test");
  CHECK(written["data"]["train"]["images"] == train_count);
  CHECK(written["result"] == rig.result);
  CHECK_FALSE(rig.record.contains("result"));
  for (const char* file :
       {"best.safetensors", "last.safetensors", "history.csv", "steps.csv", "loss.svg", "samples.png", "report.html"})
    CHECK(std::filesystem::exists(rig.folder / "run" / file));
}

TEST_CASE("a run that was stopped is not lost, and goes on when it is told to", "[training]") {
  RunRig rig;
  rig.stop_at = 7;
  const TrainingResult stopped = rig.run();
  CHECK(stopped.end == TrainingEnd::stop_requested);
  CHECK(stopped.step < 15);
  CHECK(rig.result["end"] == "stopped");
  CHECK(rig.result["steps"] == stopped.step);
  rig.stop_at = -1;
  rig.events.clear();
  CHECK_THROWS_AS(rig.run(), UsageError);
  CHECK(rig.events.empty());  // not even the device was asked for
  rig.options.plan.resume = true;
  CHECK(rig.run().step == 15);
  RunRig whole;
  whole.run();
  CHECK(slurp(rig.folder / "run/last.safetensors") == slurp(whole.folder / "run/last.safetensors"));
  rig.options.plan.resume = false;
  rig.options.overwrite = true;
  CHECK(rig.run().step == 15);
}

TEST_CASE("bad data end a run before the device is asked for and before a folder is made", "[training]") {
  RunRig rig;
  (void)rig.folder.put("train", "no images");
  CHECK_THROWS_AS(rig.run(), InputError);
  CHECK(rig.events.empty());
  CHECK_FALSE(std::filesystem::exists(rig.folder / "run"));
}
