// denoise that is stopped, killed and gone on with.
#include <chrono>
#include <csignal>
#include <fstream>
#include <limits>
#include <map>
#include <random>
#include <thread>

#include "host/images/codec.hpp"
#include "host/images/formats.hpp"
#include "tests/support/any_size.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"

using namespace dae;
namespace fs = std::filesystem;

namespace {

/// Pictures in a folder "in", of three shapes, some of them in a folder below.
class Folder {
 public:
  explicit Folder(int pictures) {
    fs::create_directories(temp / "in/deep");
    for (int i = 0; i < pictures; ++i)
      write_png(temp / (i % 2 == 0 ? "in/deep" : "in") / (std::to_string(i) + ".png"), striped(40 + i % 3, 70));
  }
  [[nodiscard]] std::vector<std::string> arguments(const std::string& out, const std::vector<std::string>& more) const {
    std::vector<std::string> all = {"denoise", "--checkpoint", any_size(temp), temp / "in", "--recursive",
                                    "--out",   temp / out,     "--if-exists",  "skip"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  Outcome run(const std::vector<std::string>& more = {}, const std::string& out = "out") const {
    const Outcome outcome = run_program(arguments(out, more));
    INFO(outcome.err);
    CHECK(outcome.code == 0);
    return outcome;
  }
  /// Every file below a folder for results but the manifest, with its bytes.
  [[nodiscard]] std::map<std::string, std::string> results(const std::string& out = "out") const {
    std::map<std::string, std::string> all;
    if (!fs::exists(temp / out)) return all;
    for (const auto& entry : fs::recursive_directory_iterator(temp / out))
      if (entry.is_regular_file() && entry.path().filename() != "manifest.jsonl")
        all[entry.path().lexically_relative(temp / out)] = slurp(entry.path());
    return all;
  }

  const TempFolder temp;
};

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t times = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++times;
  return times;
}

}  // namespace

TEST_CASE("skip takes for done what the same model and settings made of the same input", "[cli][denoise]") {
  const Folder folder(3);
  const auto remade = [&](const std::vector<std::string>& more = {}) { return count(folder.run(more).out, " -> "); };
  CHECK(remade() == 3);
  const auto first = folder.results();
  CHECK(remade() == 0);
  CHECK_THAT(folder.run().out, ContainsSubstring("3 files were done already"));
  CHECK(folder.results() == first);
  SECTION("other settings") {
    CHECK(remade({"--strength", "0.5"}) == 3);
    CHECK(remade({"--strength", "0.5"}) == 0);
    CHECK(folder.results() != first);
    CHECK(remade() == 3);
    CHECK(folder.results() == first);
  }
  SECTION("another model") {
    const std::string other = any_size(folder.temp, 0.5f);
    std::vector<std::string> arguments = folder.arguments("out", {});
    arguments[2] = other;
    CHECK(count(run_program(arguments).out, " -> ") == 3);
    CHECK(folder.results() != first);
  }
  SECTION("another input, a result that is gone, and one that was cut") {
    write_png(folder.temp / "in/1.png", striped(12, 13));
    CHECK(remade() == 1);
    CHECK(read_png(folder.temp / "out/1.png").shape == Shape{1, 12, 13, 1});
    fs::remove(folder.temp / "out/deep/2.png");
    fs::resize_file(folder.temp / "out/deep/0.png", 10);
    CHECK(remade() == 2);
    CHECK(folder.results()["deep/2.png"] == first.at("deep/2.png"));
    CHECK(folder.results()["deep/0.png"] == first.at("deep/0.png"));
  }
  SECTION("a result that is not ours stays, and a damaged manifest is no harm") {
    std::ofstream(folder.temp / "out/manifest.jsonl") << "{\"output\":\"1.png\",\"status\":\"do";
    (void)folder.temp.put("out/1.png", "precious");
    const Outcome outcome = folder.run();
    CHECK(count(outcome.out, " -> ") == 0);
    CHECK_THAT(outcome.err, ContainsSubstring("3 results") && ContainsSubstring("left as they are"));
    CHECK(slurp(folder.temp / "out/1.png") == "precious");
    fs::remove(folder.temp / "out/1.png");
    CHECK(remade() == 1);
    CHECK(remade() == 0);
  }
}

TEST_CASE("the number of threads of each stage changes no bit", "[cli][denoise][threads]") {
  const Folder folder(12);
  folder.run();
  folder.run({"--jobs", "3:2:2", "--threads", "2"}, "other");
  CHECK(folder.results().size() == 12);
  CHECK(folder.results("other") == folder.results());
  for (const char* jobs : {"2", "1:1", "0:1:1", "1:1:1:1", "a:b:c", "1::1"}) {
    const Outcome outcome = run_program(folder.arguments("third", {"--jobs", jobs}));
    CHECK(outcome.code == 2);
    CHECK_THAT(outcome.err, ContainsSubstring("--jobs"));
  }
}

TEST_CASE("files that fail on several threads of each stage are told, and the others come out the same",
          "[cli][denoise][threads]") {
  const Folder folder(12);
  folder.run();
  const std::string cut = encode_png(striped(40, 70)).substr(0, 200);
  const Picture no_numbers{{1, 40, 70, 1}, std::vector<float>(2800, std::numeric_limits<float>::quiet_NaN())};
  for (int i = 0; i < 4; ++i) {
    (void)folder.temp.put("in/cut" + std::to_string(i) + ".png", cut);
    write_picture(folder.temp / ("in/nan" + std::to_string(i) + ".tif"), codec_named("tiff"), no_numbers);
  }
  const Outcome outcome = run_program(folder.arguments("other", {"--jobs", "2:2:2", "--threads", "2"}));
  INFO(outcome.err);
  CHECK((outcome.code == 3 || outcome.code == 7));  // whichever failed first
  CHECK(outcome.error_lines() == 9);
  CHECK_THAT(outcome.err, ContainsSubstring("8 of 20 files failed"));
  CHECK(folder.results("other") == folder.results());
}

TEST_CASE("denoise that is stopped or killed at random moments leaves whole files and goes on",
          "[cli][denoise][kill]") {
  const Folder folder(24);
  folder.run({}, "whole");
  const auto whole = folder.results("whole");
  REQUIRE(whole.size() == 24);
  std::mt19937 random(3);
  int stopped = 0;
  for (const int signal : {SIGINT, SIGTERM, SIGKILL})
    for (int round = 0; round < 8; ++round) {
      Program program(folder.arguments("out", {"--jobs", "2:2:2"}));
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % 60));
      program.signal(signal);
      const Outcome outcome = program.wait();
      INFO("signal " << signal << ", round " << round << ": " << outcome.err);
      // A signal that comes before the program is ready for it ends it as it ends any.
      const bool done = outcome.code == 0;
      CHECK((done || outcome.code == 130 || outcome.code == 128 + signal));
      if (!done) ++stopped;
      for (const auto& [name, bytes] : folder.results()) {
        if (signal == SIGKILL && name.find(".tmp") != std::string::npos) continue;
        REQUIRE(whole.contains(name));
        CHECK(bytes == whole.at(name));
      }
      if (!done && round % 2 == 0) continue;
      folder.run();
      CHECK(folder.results() == whole);  // without temporary files
      fs::remove_all(folder.temp / "out");
    }
  CHECK(stopped > 0);
}
