#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace dae::cpu {

/// Cores that this process may use.
int usable_cores();

/// Threads that live as long as the device. Which thread does a job is left to chance, so a job's result must not
/// depend on it; `worker` (0 to size() - 1) tells a job which thread's memory it may use.
class ThreadPool {
 public:
  /// The caller of run is one of the `threads`.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  [[nodiscard]] int size() const { return static_cast<int>(threads_.size()) + 1; }

  /// Calls job(i, worker) for i = 0 to jobs - 1 and returns when all are done. A job must not throw. Allocates nothing.
  template <class Job>
  void run(int jobs, const Job& job) {
    run_jobs(jobs, {&job, [](const void* f, int i, int worker) { (*static_cast<const Job*>(f))(i, worker); }});
  }

 private:
  struct Call {
    const void* job;
    void (*call)(const void* job, int i, int worker);
  };

  void run_jobs(int jobs, Call call);
  void serve(int worker);
  void work(int worker);
  bool claim(int& job);

  std::vector<std::thread> threads_;
  // The run's number above, jobs not yet claimed below: a thread that comes late cannot claim a job of a run it does
  // not know the function of.
  std::atomic<std::uint64_t> claims_{0};
  std::atomic<int> unfinished_{0};
  Call call_{};
  int jobs_ = 0;

  std::mutex mutex_;
  std::condition_variable start_, finish_;
  std::atomic<int> sleepers_{0};
  std::atomic<bool> stop_{false};
};

}  // namespace dae::cpu
