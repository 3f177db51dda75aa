#pragma once

#include <thread>

namespace dae::cpu {

/// Waits awake for done(), for some 20 to 50 us: a step has many short pauses, and a wake-up takes about 50 us. More
/// would take the core from other programs. Returns what done() said last.
template <class Done>
bool spin_until(Done done) {
  constexpr int spins = 1000;
  for (int i = 0; i < spins; ++i) {
    if (done()) return true;
#if defined(__x86_64__)
    __builtin_ia32_pause();
#else
    std::this_thread::yield();
#endif
  }
  return done();
}

}  // namespace dae::cpu
