#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

#include "host/cpu/runtime/isa.hpp"
#include "host/cpu/runtime/thread_pool.hpp"

/// \file
/// The most that the machine can do, the memory that this process takes, and how long work lasts.
namespace dae {

/// FMA rate of all threads at once, in FLOP/s.
double fma_peak(const cpu::Kernels& kernels, cpu::ThreadPool& threads);

/// Bytes read and written a second when all threads add arrays to others, 64 MB each thread in all.
double memory_rate(cpu::ThreadPool& threads);

/// Bytes that this process holds in memory.
std::size_t resident();

/// The most that it held since the last call of forget_resident_peak, or since its start where the system does not let
/// that be forgotten.
std::size_t resident_peak();

/// Gives free memory back to the system and forgets the peak.
void forget_resident_peak();

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
