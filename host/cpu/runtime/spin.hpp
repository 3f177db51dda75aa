#pragma once

#include <chrono>
#include <thread>

namespace dae::cpu {

/// Waits awake for done(), for about as long as waking up takes: a step has many short pauses, and threads that fall
/// asleep in one come late to the next, where the others then fall asleep. Longer would take the core from other
/// programs. Returns what done() said last.
template <class Done>
bool spin_until(Done done) {
  constexpr std::chrono::microseconds longest{60};
  constexpr int looks_a_time = 64;  // reading the clock costs about as much as a pause
  const auto end = std::chrono::steady_clock::now() + longest;
  do {
    for (int i = 0; i < looks_a_time; ++i) {
      if (done()) return true;
#if defined(__x86_64__)
      __builtin_ia32_pause();
#else
      std::this_thread::yield();
#endif
    }
  } while (std::chrono::steady_clock::now() < end);
  return done();
}

}  // namespace dae::cpu
