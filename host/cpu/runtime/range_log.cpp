#include "host/cpu/runtime/range_log.hpp"

#include <algorithm>

namespace dae::cpu {

void RangeLog::reserve(std::size_t ranges) {
  for (ThreadLog& log : threads_) {
    const std::size_t need = log.entries.size() + ranges;
    if (need > log.entries.capacity()) log.entries.reserve(2 * need);
  }
}

std::vector<TimedRange> RangeLog::take() {
  const auto microseconds = [](ThreadLog::Clock::duration time) {
    return std::chrono::duration<double, std::micro>(time).count();
  };
  std::vector<TimedRange> all;
  for (std::size_t thread = 0; thread < threads_.size(); ++thread) {
    std::vector<ThreadLog::Entry>& entries = threads_[thread].entries;
    // They stand in the order of their ends; of two that start at once the later one is the outer one.
    std::ranges::reverse(entries);
    std::ranges::stable_sort(entries, {}, &ThreadLog::Entry::start);
    for (const ThreadLog::Entry& entry : entries)
      all.push_back({*entry.name, static_cast<int>(thread), microseconds(entry.start - zero_),
                     microseconds(entry.end - entry.start)});
    entries.clear();
  }
  return all;
}

}  // namespace dae::cpu
