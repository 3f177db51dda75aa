#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "dae/device.hpp"

namespace dae {

/// Which ways of running a step are recorded.
enum class ProfileWindow { eager, replayed, both };

struct ProfileRequest {
  int steps = 10;  ///< In each window.
  int batch = 128;
  Shape sample{1, 28, 28, 1};
  Computation computation = {};
  ProfileWindow window = ProfileWindow::both;
};

/// One window: some training steps after others that warmed the device up, from the first call until all are done.
struct ProfiledWindow {
  bool eager = false;
  double ms_per_step = 0;
  std::vector<TimedRange> ranges;  ///< Empty where the vendor's profiler records.
};

struct Profile {
  std::vector<ProfiledWindow> windows;
  std::size_t captured_nodes = 0;  ///< See Program::captured_nodes.
  float loss = 0;                  ///< The last step's.
};

/// Trains on synthetic images, each window between Device::profiler(true) and profiler(false).
/// Throws what Device::compile throws, and UsageError for a request without steps.
Profile profile(Device& device, const Graph& graph, const ProfileRequest& request);

/// The windows in the Trace Event Format, JSON that Perfetto and chrome://tracing open.
std::string chrome_trace(const Profile& profile, const std::string& device);

}  // namespace dae
