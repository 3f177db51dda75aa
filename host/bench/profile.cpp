#include "host/bench/profile.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "dae/error.hpp"
#include "host/graph/initial_weights.hpp"
#include "host/graph/loss.hpp"
#include "host/text/json_text.hpp"

namespace dae {
namespace {

constexpr int warm_steps = 3;

/// A training program on grey stripes: what the images show changes no time.
class Rig {
 public:
  Rig(Device& device, const Graph& graph, const ProfileRequest& request)
      : batch_(static_cast<std::uint32_t>(request.batch)),
        store_(device.make_image_store(batch_, batch_ * request.sample.sample_size())),
        state_(device.make_state(graph, request.sample)),
        program_(device.compile(graph, {.shape = request.sample.with_batch(request.batch),
                                        .mode = Mode::train,
                                        .loss = usual_loss(graph),
                                        .noise = {{Gaussian{}}},
                                        .computation = request.computation})) {
    state_->write(initial_weights(graph, request.sample, 1), {}, 0);
    std::vector<std::uint8_t> pixels(request.sample.sample_size());
    for (std::uint32_t slot = 0; slot < batch_; ++slot) {
      for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>((slot + 5 * i) % 256);
      store_->put(slot, {request.sample, std::span<const std::uint8_t>(pixels)});
    }
  }

  void load(bool eager, int steps) {
    program_->set_eager(eager);
    std::vector<Sample> samples;
    for (int step = 0; step < steps; ++step)
      for (std::uint32_t slot = 0; slot < batch_; ++slot) samples.push_back({.slot = slot, .id = slot});
    program_->load(*store_, samples);
  }

  /// Runs the loaded steps until all are done; returns the loss of the last one.
  float run() {
    while (program_->train(*state_, Adam{}) > 0) {
    }
    return program_->take_metrics().step_loss.back();
  }

  [[nodiscard]] const Program& program() const { return *program_; }

 private:
  std::uint32_t batch_;
  std::unique_ptr<ImageStore> store_;
  std::unique_ptr<State> state_;
  std::unique_ptr<Program> program_;
};

/// Ends the recording even when a step throws.
class Recording {
 public:
  explicit Recording(Device& device) : device_(device) { device.profiler(true); }
  ~Recording() {
    try {
      device_.profiler(false);
    } catch (const Error&) {  // The step's own error is on its way.
    }
  }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

 private:
  Device& device_;
};

using json = nlohmann::ordered_json;

json complete_event(const std::string& name, const char* category, int thread, double start_us, double length_us) {
  return {{"name", name},  {"cat", category}, {"ph", "X"},       {"pid", 1},
          {"tid", thread}, {"ts", start_us},  {"dur", length_us}};
}

json name_event(const char* what, int thread, const std::string& name) {
  return {{"name", what}, {"ph", "M"}, {"pid", 1}, {"tid", thread}, {"args", {{"name", name}}}};
}

}  // namespace

Profile profile(Device& device, const Graph& graph, const ProfileRequest& request) {
  if (request.steps < 1) throw UsageError("a profile needs at least one step");
  Rig rig(device, graph, request);
  Profile result;
  for (const bool eager : {true, false}) {
    if (request.window != ProfileWindow::both && eager != (request.window == ProfileWindow::eager)) continue;
    rig.load(eager, warm_steps);
    rig.run();
    rig.load(eager, request.steps);
    device.take_ranges();
    ProfiledWindow window;
    window.eager = eager;
    {
      const Recording recording(device);
      const auto start = std::chrono::steady_clock::now();
      result.loss = rig.run();
      const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
      window.ms_per_step = time.count() / request.steps;
    }
    window.ranges = device.take_ranges();
    result.windows.push_back(std::move(window));
  }
  result.captured_nodes = rig.program().captured_nodes();
  return result;
}

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
