#include "host/cpu/barrier.hpp"

#include "host/cpu/spin.hpp"

namespace dae::cpu {

void Barrier::wait() {
  const std::uint32_t round = round_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
    arrived_.store(0, std::memory_order_relaxed);  // seen by who sees the next round
    round_.store(round + 1, std::memory_order_release);
    round_.notify_all();
    return;
  }
  const auto passed = [&] { return round_.load(std::memory_order_acquire) != round; };
  if (spin_until(passed)) return;
  while (!passed()) round_.wait(round, std::memory_order_acquire);
}

}  // namespace dae::cpu
