#include "host/bench/profile.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "dae/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/devices.hpp"
#include "tests/support/small_training.hpp"

using namespace dae;
using namespace dae::test;

namespace {

/// 40 images a step: 3 to 10 blocks, the last one not full.
Profile profile_of(Device& device, ProfileWindow window = ProfileWindow::both) {
  return profile(device, small_graph(), {.steps = 2, .batch = 40, .sample = image_shape, .window = window});
}

std::map<std::string, int> count_names(const std::vector<TimedRange>& ranges) {
  std::map<std::string, int> counts;
  for (const TimedRange& range : ranges) ++counts[range.name];
  return counts;
}

/// Whether ranges of a thread lie side by side or one inside the other, in the order of their starts.
bool nested(const std::vector<TimedRange>& ranges) {
  constexpr double rounding = 1e-3;         // microseconds; the clock counts nanoseconds
  std::map<int, std::vector<double>> open;  // ends, by thread
  std::map<int, double> last_start;
  for (const TimedRange& range : ranges) {
    std::vector<double>& ends = open[range.thread];
    while (!ends.empty() && ends.back() <= range.start_us + rounding) ends.pop_back();
    const double end = range.start_us + range.length_us;
    if (range.length_us < 0 || range.start_us < last_start[range.thread]) return false;
    if (!ends.empty() && end > ends.back() + rounding) return false;
    ends.push_back(end);
    last_start[range.thread] = range.start_us;
  }
  return true;
}

}  // namespace

TEST_CASE("an eager window has a range for each layer, forward and back, in every block", "[profile]") {
  for (const auto& [name, device] : test_devices()) {
    INFO(name);
    const Profile found = profile_of(*device);
    REQUIRE(found.windows.size() == 2);
    REQUIRE(found.windows[0].eager);
    const std::vector<TimedRange>& ranges = found.windows[0].ranges;
    const std::map<std::string, int> counts = count_names(ranges);
    const int blocks = counts.at("block");
    CHECK(blocks >= 2 * 3);
    for (const char* each : {"gather", "conv2d + relu/forward", "conv2d_1/forward", "loss", "conv2d_1/backward",
                             "conv2d + relu/backward"}) {
      INFO(each);
      REQUIRE(counts.contains(each));
      CHECK(counts.at(each) == blocks);
    }
    CHECK(counts.at("step") == 2);
    CHECK(counts.at("update") == 2);
    CHECK(counts.size() == 9);
    CHECK(nested(ranges));
  }
}

TEST_CASE("a replayed window shows steps only, as training runs them", "[profile]") {
  for (const auto& [name, device] : test_devices()) {
    INFO(name);
    const Profile found = profile_of(*device, ProfileWindow::replayed);
    REQUIRE(found.windows.size() == 1);
    CHECK_FALSE(found.windows[0].eager);
    CHECK(count_names(found.windows[0].ranges) == std::map<std::string, int>{{"step", 2}});
    CHECK(found.windows[0].ms_per_step > 0);
    CHECK(device->take_ranges().empty());
  }
}

TEST_CASE("nothing is recorded that was not asked for", "[profile]") {
  const SmallImages images(20, image_shape);
  for (const auto& [name, device] : test_devices()) {
    INFO(name);
    train(*device, spec_of(20), images, images.samples());
    CHECK(device->take_ranges().empty());
    CHECK_THROWS_AS(profile(*device, small_graph(), {.steps = 0, .sample = image_shape}), UsageError);
  }
}

TEST_CASE("a trace holds every range within its window, and names threads", "[profile]") {
  const auto device = test_devices().back().device;
  const Profile found = profile_of(*device);
  const auto trace = nlohmann::json::parse(chrome_trace(found, "a \"device\""));
  std::size_t complete = 0;
  std::map<std::string, std::pair<double, double>> windows;
  for (const auto& event : trace.at("traceEvents")) {
    if (event.at("ph") == "M") continue;
    REQUIRE(event.at("ph") == "X");
    ++complete;
    const double start = event.at("ts"), end = start + event.at("dur").get<double>();
    const std::string name = event.at("name"), category = event.at("cat");
    if (name == category + " window") {
      windows[category] = {start, end};
      continue;
    }
    REQUIRE(windows.contains(category));
    // The sum of start and length is rounded.
    CHECK(start >= windows[category].first);
    CHECK(end <= windows[category].second + 1e-3);
  }
  CHECK(windows.size() == 2);
  CHECK(windows["eager"].second <= windows["replayed"].first);
  CHECK(complete == found.windows[0].ranges.size() + found.windows[1].ranges.size() + 2);
  CHECK(trace.at("traceEvents").front().at("args").at("name") == "a \"device\"");
}
