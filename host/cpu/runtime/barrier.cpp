#include "host/cpu/runtime/barrier.hpp"

#include "host/cpu/runtime/spin.hpp"

namespace dae::cpu {

void Barrier::wait() {
  const std::uint32_t round = round_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
    arrived_.store(0, std::memory_order_relaxed);  // seen by who sees the next round
    // In one order with sleepers_: the last thread sees a sleeper, or the sleeper sees the round. (An atomic's own wait
    // and notify_all lost wake-ups here with libstdc++ 12.)
    round_.store(round + 1, std::memory_order_seq_cst);
    if (sleepers_ == 0) return;
    { const std::lock_guard lock(mutex_); }
    passed_.notify_all();
    return;
  }
  const auto passed = [&] { return round_.load(std::memory_order_seq_cst) != round; };
  if (spin_until(passed)) return;
  std::unique_lock lock(mutex_);
  ++sleepers_;
  passed_.wait(lock, passed);
  --sleepers_;
}

}  // namespace dae::cpu
