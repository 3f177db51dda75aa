#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/cusim/runtime.hpp"
#include "tests/cusim/tests/order.hpp"

/// \file
/// For tests that change what the simulator pretends to be, and that ask what it has done.
namespace dae::test {

/// Restores the GPU and the order when it ends.
struct Restored {
  cusim::Gpu before = cusim::gpu();
  Restored() = default;
  Restored(const Restored&) = delete;
  Restored& operator=(const Restored&) = delete;
  ~Restored() {
    cusim::gpu() = before;
    restart_order();
  }
};

/// Where in what was executed the nth (from 0) work of a name stands; behind the end where there is none.
inline std::size_t position(const std::string& name, std::size_t nth) {
  const std::vector<std::string>& sequence = cusim::counts().sequence;
  for (std::size_t i = 0; i < sequence.size(); ++i)
    if (sequence[i] == name && nth-- == 0) return i;
  return sequence.size();
}

/// Which copies of some batches, taken one behind the other, were seen beside their computing in one order or another.
struct Overlap {
  std::vector<bool> up;    ///< A batch had gone up before the one before it was computed.
  std::vector<bool> down;  ///< A batch had not come down when the next one was computed. Few orders are like that.
  explicit Overlap(std::size_t batches) : up(batches - 1, false), down(up) {}

  /// Looks at what was executed; each batch ends with a sigmoid.
  void look() {
    for (std::size_t i = 0; i < up.size(); ++i) {
      if (position("copy to device", i + 1) < position("sigmoid_output_kernel", i)) up[i] = true;
      if (position("sigmoid_output_kernel", i + 1) < position("copy to host", i)) down[i] = true;
    }
  }
  [[nodiscard]] bool both_ways() const { return !std::ranges::count(up, false) && std::ranges::count(down, true); }
};

}  // namespace dae::test
