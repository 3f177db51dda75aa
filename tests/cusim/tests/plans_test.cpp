#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "dae/error.hpp"
#include "tests/cusim/tests/simulation.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/small_training.hpp"
#include "tests/support/temp_folder.hpp"

using namespace dae;
using namespace dae::test;

namespace {

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

/// Compiles on a device of its own with plans kept in a folder. Returns the plans, and how many were timed.
std::pair<std::string, std::uint64_t> compile(const std::string& folder, const Spec& spec = spec_of(4)) {
  const auto device = open_device("0", {.plan_cache = folder});
  cusim::reset_counts();
  const auto program = device->compile(small_graph(), spec);
  return {program->plans(), cusim::counts().calls.contains("cudaEventElapsedTime")
                                ? cusim::counts().calls.at("cudaEventElapsedTime")
                                : 0};
}

}  // namespace

TEST_CASE("plans are timed once and found on disk by the next run", "[cusim][plans]") {
  const TempFolder folder;
  const auto [first, timed] = compile(folder / "plans");
  CHECK(timed > 0);
  CHECK_FALSE(files_in(folder / "plans").empty());
  const auto [second, timed_again] = compile(folder / "plans");
  CHECK(timed_again == 0);
  CHECK(second == first);
  // Without a folder nothing is kept.
  CHECK(compile("").second == timed);
}

TEST_CASE("a plan is chosen by the time of its kernels, not of cuDNN's host code", "[cusim][plans]") {
  const Restored restored;
  cusim::set_order(cusim::Order::eager);  // a stream that is idle when the next execution is enqueued
  // Engine 17 takes half as long on the device as engine 1, and six times as long on the host.
  const auto chosen = nlohmann::json::parse(compile("").first).at("plans").get<std::map<std::string, std::string>>();
  std::size_t gradients = 0;
  for (const auto& [graph, plan] : chosen)
    if (graph.starts_with("conv backward")) {
      CAPTURE(graph);
      ++gradients;
      CHECK_THAT(plan, ContainsSubstring("eng17"));
    }
  CHECK(gradients > 0);
}

TEST_CASE("precompiled plans are timed beside one that is compiled at run time", "[cusim][plans]") {
  Spec spec = spec_of(4);
  spec.computation.precision = Precision::tf32;
  // Engine 51, which is compiled, is the heuristic's favourite, and the slowest.
  const auto chosen =
      nlohmann::json::parse(compile("", spec).first).at("plans").get<std::map<std::string, std::string>>();
  for (const auto& [graph, plan] : chosen) {
    CAPTURE(graph);
    CHECK_THAT(plan, !ContainsSubstring("eng51"));
  }
}

TEST_CASE("a plan on disk that is damaged, of another version or of another key is made anew", "[cusim][plans]") {
  const TempFolder folder;
  const auto [plans, timed] = compile(folder / "plans");
  // Only gradients of convolutions have a second engine here, so that there is something to time.
  std::filesystem::path file;
  std::string good, other;
  for (const auto& each : files_in(folder / "plans"))
    if (const std::string text = content(each); good.empty() && text.find("conv backward") != std::string::npos) {
      file = each;
      good = text;
    } else {
      other = text;
    }
  REQUIRE_FALSE(good.empty());
  REQUIRE_FALSE(other.empty());
  std::string flipped = good, version = good;
  flipped[good.size() / 2] ^= 1;
  version.replace(0, version.find('\n'), "dae-cuda plan 1");
  for (const std::string& bad : {flipped, version, other, std::string(), good.substr(0, good.size() - 1), good + "x",
                                 std::string("dae-cuda plan 2\n")}) {
    write(file, bad);
    const auto [again, timed_again] = compile(folder / "plans");
    CHECK(again == plans);
    CHECK(timed_again > 0);
    CHECK(timed_again < timed);
    CHECK(content(file) == good);
  }
}

TEST_CASE("the driver, precision and determinism are part of a plan's key", "[cusim][plans]") {
  const TempFolder folder;
  compile(folder / "plans");
  const std::size_t before = files_in(folder / "plans").size();
  Spec spec = spec_of(4);
  spec.computation.precision = Precision::tf32;
  compile(folder / "plans", spec);
  CHECK(files_in(folder / "plans").size() == 2 * before);
  spec.computation.precision = Precision::fp32;
  spec.computation.deterministic = true;
  CHECK(compile(folder / "plans", spec).second == 0);
  CHECK(files_in(folder / "plans").size() == 3 * before);
  const int driver = cusim::gpu().driver++;
  compile(folder / "plans");
  cusim::gpu().driver = driver;
  CHECK(files_in(folder / "plans").size() == 4 * before);
}

TEST_CASE("a cache that cannot be written costs time only", "[cusim][plans]") {
  const TempFolder folder;
  write(folder / "file", "in the way");
  CHECK(compile(folder / "file").second > 0);
}

TEST_CASE("plans of an earlier run are taken without timing where they are of this device", "[cusim][plans]") {
  const auto [chosen, timed] = compile("");
  Spec spec = spec_of(4);
  spec.plans = chosen;
  const auto [again, timed_again] = compile("", spec);
  CHECK(again == chosen);
  CHECK(timed_again == 0);
  // They are another GPU's: chosen anew.
  cusim::gpu().name = "another";
  const auto [elsewhere, timed_elsewhere] = compile("", spec);
  cusim::gpu().name = "CUDA simulator";
  CHECK(timed_elsewhere == timed);
  CHECK(elsewhere != chosen);
  spec.plans = "no plans";
  CHECK_THROWS_AS(compile("", spec), UsageError);
}

TEST_CASE("what does not fit is refused before with the batch that would", "[cusim][memory]") {
  const auto device = open_device("0");
  const Graph graph = small_graph();
  constexpr int batch_too_large = 4000;
  const MemoryPlan large = device->plan(graph, spec_of(batch_too_large));
  CHECK(large.needed() > large.own());
  CHECK(large.available == cusim::gpu().memory);
  const std::size_t memory = cusim::gpu().memory;
  cusim::gpu().memory = large.context + large.own() / 2;
  std::string message;
  try {
    device->compile(graph, spec_of(batch_too_large));
  } catch (const MemoryError& error) {
    message = error.what();
  }
  const std::size_t at = message.find("a batch of ");
  INFO(message);
  REQUIRE(at != std::string::npos);
  const int batch = std::stoi(message.substr(at + 11));
  CHECK(batch > batch_too_large / 5);
  CHECK(batch < batch_too_large * 3 / 5);
  CHECK_NOTHROW(device->compile(graph, spec_of(batch)));
  cusim::gpu().memory = memory;
}

TEST_CASE("the memory plan counts the images on the device", "[cusim][memory]") {
  const auto device = open_device("0");
  const std::size_t before = device->plan(small_graph(), spec_of(4)).images;
  {
    const auto store = device->make_image_store(10, 100000);
    const MemoryPlan plan = device->plan(small_graph(), spec_of(4));
    CHECK(plan.images >= before + 100000);
    CHECK(plan.images < before + 101000);
  }
  CHECK(device->plan(small_graph(), spec_of(4)).images == before);
}

TEST_CASE("bf16 and tf32 are refused where the chip has none", "[cusim][device]") {
  const int architecture = std::exchange(cusim::gpu().architecture, 75);
  const auto device = open_device("0");
  for (const Precision precision : {Precision::tf32, Precision::bf16}) {
    Spec spec = spec_of(4);
    spec.computation.precision = precision;
    std::string message;
    try {
      device->compile(small_graph(), spec);
    } catch (const UsageError& error) {
      message = error.what();
    }
    CHECK(message == std::string("--precision ") + (precision == Precision::bf16 ? "bf16" : "tf32") +
                         ": CUDA simulator has compute capability 7.5, this needs 8.0; take fp32");
  }
  cusim::gpu().architecture = architecture;
}
