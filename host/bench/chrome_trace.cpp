#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "host/bench/profile.hpp"
#include "host/text/json_text.hpp"

namespace dae {
namespace {

using json = nlohmann::ordered_json;

json complete_event(const std::string& name, const char* category, int thread, double start_us, double length_us) {
  return {{"name", name},  {"cat", category}, {"ph", "X"},       {"pid", 1},
          {"tid", thread}, {"ts", start_us},  {"dur", length_us}};
}

json name_event(const char* what, int thread, const std::string& name) {
  return {{"name", what}, {"ph", "M"}, {"pid", 1}, {"tid", thread}, {"args", {{"name", name}}}};
}

}  // namespace

std::string chrome_trace(const Profile& profile, const std::string& device) {
  json events = json::array();
  events.push_back(name_event("process_name", 0, device));
  std::set<int> threads;
  for (const ProfiledWindow& window : profile.windows) {
    if (window.ranges.empty()) continue;
    const char* const category = window.eager ? "eager" : "replayed";
    double start = window.ranges.front().start_us, end = start;
    for (const TimedRange& range : window.ranges) {
      threads.insert(range.thread);
      start = std::min(start, range.start_us);
      end = std::max(end, range.start_us + range.length_us);
    }
    events.push_back(complete_event(std::string(category) + " window", category, 0, start, end - start));
    for (const TimedRange& range : window.ranges)
      events.push_back(complete_event(range.name, category, range.thread, range.start_us, range.length_us));
  }
  for (const int thread : threads)
    events.push_back(name_event("thread_name", thread, thread == 0 ? "main" : "worker " + std::to_string(thread)));
  return dump_json({{"traceEvents", std::move(events)}, {"displayTimeUnit", "ms"}}) + "\n";
}

}  // namespace dae
