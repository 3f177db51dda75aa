#include "host/cpu/runtime/thread_pool.hpp"

#include <sched.h>

#include <algorithm>

#include "host/cpu/runtime/spin.hpp"

namespace dae::cpu {
namespace {

constexpr std::uint64_t low = 0xFFFFFFFFu;

}  // namespace

int usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

ThreadPool::ThreadPool(int threads) {
  for (int worker = 1; worker < threads; ++worker) threads_.emplace_back([this, worker] { serve(worker); });
}

ThreadPool::~ThreadPool() {
  stop_ = true;
  { const std::lock_guard lock(mutex_); }
  start_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool ThreadPool::claim(int& job) {
  std::uint64_t claims = claims_.load(std::memory_order_acquire);
  do {
    if ((claims & low) == 0) return false;
  } while (!claims_.compare_exchange_weak(claims, claims - 1, std::memory_order_acq_rel));
  job = jobs_ - static_cast<int>(claims & low);  // the run cannot end before this job, so jobs_ is this run's
  return true;
}

void ThreadPool::work(int worker) {
  for (int job = 0; claim(job);) {
    call_.call(call_.job, job, worker);
    if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      { const std::lock_guard lock(mutex_); }
      finish_.notify_one();
    }
  }
}

void ThreadPool::serve(int worker) {
  // In one order with sleepers_, so that run() sees a sleeper or the sleeper sees the run.
  const auto wanted = [this] { return (claims_.load(std::memory_order_seq_cst) & low) != 0 || stop_; };
  while (!stop_) {
    if (!spin_until(wanted)) {
      std::unique_lock lock(mutex_);
      ++sleepers_;
      start_.wait(lock, wanted);
      --sleepers_;
    }
    work(worker);
  }
}

void ThreadPool::run_jobs(int jobs, Call call) {
  if (jobs <= 0) return;
  call_ = call;
  jobs_ = jobs;
  unfinished_.store(jobs, std::memory_order_relaxed);
  const std::uint64_t run = (claims_.load(std::memory_order_relaxed) >> 32) + 1;
  claims_.store(run << 32 | static_cast<std::uint64_t>(jobs), std::memory_order_seq_cst);
  if (jobs > 1 && sleepers_ > 0) {
    { const std::lock_guard lock(mutex_); }
    start_.notify_all();
  }
  work(0);
  const auto done = [this] { return unfinished_.load(std::memory_order_acquire) == 0; };
  if (!spin_until(done)) {
    std::unique_lock lock(mutex_);
    finish_.wait(lock, done);
  }
}

}  // namespace dae::cpu
