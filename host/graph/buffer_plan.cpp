#include "host/graph/buffer_plan.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace dae {
namespace {

bool same_time(const Lifetime& a, const Lifetime& b) { return a.first <= b.last && b.first <= a.last; }

bool same_bytes(std::size_t a, std::size_t a_bytes, std::size_t b, std::size_t b_bytes) {
  return a < b + b_bytes && b < a + a_bytes;
}

}  // namespace

BufferPlan place_buffers(std::span<const Lifetime> buffers, std::size_t alignment) {
  const auto aligned = [&](std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; };
  BufferPlan plan{std::vector<std::size_t>(buffers.size()), std::vector<bool>(buffers.size()), 0};

  std::vector<std::size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t i) { return buffers[i].bytes; });

  std::vector<std::size_t> placed;  // by offset
  for (const std::size_t i : order) {
    const std::size_t need = aligned(buffers[i].bytes);
    std::size_t best = 0, best_gap = std::numeric_limits<std::size_t>::max(), end = 0;
    bool found = false;
    for (const std::size_t other : placed) {
      if (!same_time(buffers[i], buffers[other])) continue;
      const std::size_t start = plan.offsets[other];
      if (start > end && start - end >= need && start - end < best_gap) {
        best = end;
        best_gap = start - end;
        found = true;
      }
      end = std::max(end, start + aligned(buffers[other].bytes));
    }
    plan.offsets[i] = found ? best : end;
    plan.bytes = std::max(plan.bytes, plan.offsets[i] + need);
    placed.insert(std::ranges::upper_bound(placed, plan.offsets[i], {}, [&](std::size_t j) { return plan.offsets[j]; }),
                  i);
  }
  for (std::size_t i = 0; i < buffers.size(); ++i)
    for (std::size_t j = 0; j < buffers.size(); ++j)
      if (i != j && same_bytes(plan.offsets[i], buffers[i].bytes, plan.offsets[j], buffers[j].bytes))
        plan.shared[i] = true;
  return plan;
}

}  // namespace dae
