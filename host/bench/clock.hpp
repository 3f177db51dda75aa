#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

namespace dae {

/// Seconds that a timing lasts at least: the clock and the scheduler are coarse.
inline constexpr double shortest_timing = 0.05;

template <class Work>
double seconds(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Seconds of one of `calls` calls that `work` makes, from as many as fill `shortest_timing`.
template <class Work>
double seconds_of_one(Work work) {
  int calls = 1;
  for (;;) {
    const double total = seconds([&] { work(calls); });
    if (total >= shortest_timing) return total / calls;
    calls = std::max(calls + 1, static_cast<int>(1.2 * shortest_timing / std::max(total, 1e-9) * calls));
  }
}

template <class Work>
double seconds_each(Work work) {
  return seconds_of_one([&](int calls) {
    for (int i = 0; i < calls; ++i) work();
  });
}

inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace dae
