// The folder job of denoise as a library: what an observer is told, and what is left.
#include "host/denoise/denoise_files.hpp"

#include <algorithm>
#include <atomic>

#include "dae/error.hpp"
#include "host/data/idx.hpp"
#include "host/images/formats.hpp"
#include "host/text/text.hpp"
#include "tests/support/any_size.hpp"
#include "tests/support/catch.hpp"

using namespace dae;
namespace fs = std::filesystem;

namespace {

/// Writes down what it is told, and notices two calls at once.
struct Recorder : DenoiseObserver {
  void planned(const DenoisePlan& plan) override { add("planned " + std::to_string(plan.jobs.size())); }
  void done(const DenoiseJob& job, const DenoisedFile& file) override {
    files.push_back(file);
    add("done " + job.input.filename().string());
    if (files.size() == stop_after) stopping = true;
  }
  void failed(const fs::path& input, const std::exception_ptr& failure) override {
    messages.push_back(message_of(failure));
    add("failed " + input.filename().string());
  }
  void processed(double count, double pixels) override {
    const Alone alone(*this);
    files_processed += count;
    pixels_processed += pixels;
  }
  [[nodiscard]] bool told(const std::string& event) const { return std::ranges::count(events, event) == 1; }

  std::vector<std::string> events, messages;
  std::vector<DenoisedFile> files;
  double files_processed = 0, pixels_processed = 0;
  std::size_t stop_after = 0;
  std::atomic<bool> stopping{false};
  bool two_at_once = false;

 private:
  struct Alone {
    explicit Alone(Recorder& recorder) : all(recorder) {
      if (all.inside_.exchange(true)) all.two_at_once = true;
    }
    ~Alone() { all.inside_ = false; }
    Recorder& all;
  };
  void add(const std::string& event) {
    const Alone alone(*this);
    events.push_back(event);
  }
  std::atomic<bool> inside_{false};
};

class Rig {
 public:
  Rig() {
    fs::create_directory(temp / "in");
    options.out = temp / "out";
  }
  DenoiseSummary run(Recorder& recorder, const std::vector<std::string>& inputs) {
    std::vector<std::unique_ptr<Device>> devices;
    const auto device = [&](int) -> Device& {
      ++opened;
      return *devices.emplace_back(open_device("cpu", {.threads = 1, .say = {}}));
    };
    const DenoiseSummary summary = denoise_files(device, load_checkpoint(any_size(temp)), inputs, options, recorder,
                                                 [&] { return recorder.stopping.load(); });
    CHECK_FALSE(recorder.two_at_once);
    return summary;
  }

  const TempFolder temp;
  DenoiseOptions options;
  int opened = 0;
};

/// Images of 28x28, each different.
ImageSet digits(int count) {
  ImageSet set{{count, 28, 28, 1}, {}};
  for (std::size_t i = 0; i < set.shape.size(); ++i) set.pixels.push_back(static_cast<std::uint8_t>(i * 13 % 240));
  return set;
}

}  // namespace

TEST_CASE("many pictures get a device a thread, few get one device for all", "[denoise]") {
  for (const int count : {3, 4}) {
    Rig rig;
    for (int i = 0; i < count; ++i) write_png(rig.temp / "in" / (std::to_string(i) + ".png"), striped(30, 41));
    rig.options.threads = 2;
    Recorder recorder;
    CHECK(rig.run(recorder, {rig.temp / "in"}).done == static_cast<std::size_t>(count));
    CHECK(rig.opened == (count < 4 ? 1 : 3));  // the first one said which kind of device there is
  }
}

TEST_CASE("an observer hears of the plan first, then of every file, and the sum is right", "[denoise]") {
  Rig rig;
  write_png(rig.temp / "in/a.png", striped(30, 41));
  write_png(rig.temp / "in/b.png", striped(20, 25, 3));
  (void)rig.temp.put("in/c.png", "no picture");
  write_idx(rig.temp / "digits", digits(70));
  rig.options.jobs = {2, 2, 2};
  Recorder recorder;
  const DenoiseSummary summary = rig.run(recorder, {rig.temp / "in", rig.temp / "digits", rig.temp / "missing"});
  CHECK(rig.opened == 2);
  REQUIRE(recorder.events.size() == 6);
  CHECK(recorder.events[0] == "planned 4");
  CHECK(recorder.events[1] == "failed missing");
  for (const char* event : {"done a.png", "done b.png", "failed c.png", "done digits"}) CHECK(recorder.told(event));
  CHECK(summary.done == 3);
  CHECK(summary.failed == 2);
  CHECK_FALSE(summary.stopped);
  CHECK_THROWS_AS(std::rethrow_exception(summary.first_failure), InputError);
  CHECK(recorder.files_processed == Approx(3));
  CHECK(recorder.pixels_processed == Approx(30 * 41 + 20 * 25 + 70 * 28 * 28));
  for (const DenoisedFile& file : recorder.files) {
    CHECK(file.seconds > 0);
    CHECK((file.noise_before > 0) == (file.images == 1));
  }
  const ImageSet result = read_idx(rig.temp / "out/digits"), before = digits(70);
  REQUIRE(result.shape == before.shape);
  for (std::size_t i = 0; i < before.pixels.size(); ++i)
    REQUIRE(result.pixels[i] == static_cast<std::uint8_t>(std::lround(0.9 * before.pixels[i])));
}

TEST_CASE("IDX files fail, resume and are noisy as pictures are", "[denoise]") {
  Rig rig;
  write_idx(rig.temp / "digits", digits(3));
  write_idx(rig.temp / "wide", {{2, 28, 30, 1}, std::vector<std::uint8_t>(2 * 28 * 30)});
  (void)rig.temp.put("cut", slurp(rig.temp / "digits").substr(0, 900));
  const std::vector<std::string> inputs = {rig.temp / "cut", rig.temp / "wide", rig.temp / "digits"};
  rig.options.add_noise = {.parts = {Gaussian{0.2f}}};
  Recorder first;
  CHECK(rig.run(first, inputs).failed == 2);
  CHECK(first.told("done digits"));
  REQUIRE(first.messages.size() == 2);
  CHECK_THAT(first.messages[0] + first.messages[1], ContainsSubstring("28x30x1, but the network takes 28x28x1"));
  CHECK(read_idx(rig.temp / "out/digits-noisy").pixels != digits(3).pixels);
  const std::string manifest = slurp(rig.temp / "out/manifest.jsonl");
  CHECK_THAT(manifest, ContainsSubstring("\"status\":\"failed\"") && ContainsSubstring("\"status\":\"done\""));

  rig.options.if_exists = IfExists::skip;
  Recorder second;
  CHECK(rig.run(second, {inputs[2]}).done == 0);
  CHECK(second.events == std::vector<std::string>{"planned 0"});
  CHECK(rig.opened == 1);  // none for nothing
  write_idx(rig.temp / "digits", digits(4));
  Recorder third;
  CHECK(rig.run(third, {inputs[2]}).done == 1);
  CHECK(read_idx(rig.temp / "out/digits").shape.n == 4);
}

TEST_CASE("one black image among others is an answer, none but black ones are a failure", "[denoise]") {
  Rig rig;
  ImageSet set = digits(3);
  std::fill_n(set.pixels.begin(), 784, std::uint8_t{0});
  set.pixels[5] = 1;  // 0.4 of it is rounded to 0
  write_idx(rig.temp / "some", set);
  write_idx(rig.temp / "all", {{1, 28, 28, 1}, {set.pixels.begin(), set.pixels.begin() + 784}});
  const Checkpoint dark = load_checkpoint(any_size(rig.temp, 0.4f));
  Recorder recorder;
  const auto device = open_device("cpu", {.threads = 1, .say = {}});
  const DenoiseSummary summary =
      denoise_files([&](int) -> Device& { return *device; }, dark, {rig.temp / "some", rig.temp / "all"}, rig.options,
                    recorder, [] { return false; });
  CHECK(recorder.told("done some"));
  CHECK(recorder.told("failed all"));
  CHECK_THROWS_AS(std::rethrow_exception(summary.first_failure), NumericError);
}

TEST_CASE("a folder that is stopped keeps what is done, and the next run does the rest", "[denoise]") {
  Rig rig;
  for (int i = 0; i < 40; ++i) write_png(rig.temp / ("in/" + std::to_string(i) + ".png"), striped(300 + i, 400));
  Recorder at_once;
  at_once.stopping = true;
  const DenoiseSummary none = rig.run(at_once, {rig.temp / "in"});
  CHECK(none.stopped);
  CHECK(none.done + none.failed == 0);
  CHECK(at_once.events == std::vector<std::string>{"planned 40"});

  // How many come through until the stop is seen, the threads decide.
  Recorder soon;
  soon.stop_after = 1;
  const DenoiseSummary first = rig.run(soon, {rig.temp / "in"});
  CHECK(first.stopped);
  CHECK(first.failed == 0);
  CHECK(first.done >= 1);
  rig.options.if_exists = IfExists::skip;
  Recorder rest;
  const DenoiseSummary second = rig.run(rest, {rig.temp / "in"});
  CHECK(rest.events[0] == "planned " + std::to_string(40 - first.done));
  CHECK(first.done + second.done == 40);
}
