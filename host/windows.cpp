#include "host/windows.hpp"

#include <algorithm>

namespace dae {
namespace {

// Kernels compute up to so many neighbouring pixels together, at every scale of the network.
constexpr int kernel_tile = 4;

int round_up(int value, int unit) { return (value + unit - 1) / unit * unit; }

}  // namespace

WindowRule::WindowRule(const Tiling& tiling)
    : step(tiling.stride * kernel_tile), overlap(round_up(tiling.halo, step)), stride(tiling.stride) {}

int least_window(const WindowRule& rule) { return 2 * rule.overlap + rule.step; }

std::vector<Extent> cut(int length, int window, const WindowRule& rule) {
  const int padded = round_up(length, rule.stride);
  const int size = std::max(window / rule.step * rule.step, least_window(rule));
  std::vector<Extent> result;
  int done = 0;
  for (int first = 0; done < length; first += size - 2 * rule.overlap) {
    const int end = std::min(first + size, padded);
    const int used_end = end == padded ? length : end - rule.overlap;
    result.push_back({first, end - first, done, used_end - done});
    done = used_end;
  }
  return result;
}

int reflected(int i, int length) {
  if (length == 1) return 0;
  const int period = 2 * (length - 1);
  const int at = ((i % period) + period) % period;
  return at < length ? at : period - at;
}

}  // namespace dae
