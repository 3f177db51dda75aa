#include "host/cpu/runtime/thread_pool.hpp"

#include <chrono>
#include <memory>
#include <vector>

#include "tests/support/catch.hpp"

using namespace dae::cpu;

TEST_CASE("every job of a run is done once, whatever the number of threads", "[cpu][threads]") {
  for (const int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    CHECK(pool.size() == threads);
    for (int run = 0; run < 2000; ++run) {
      const int jobs = run % 9;
      std::vector<int> done(9, 0);
      pool.run(jobs, [&](int job, int worker) {
        if (worker >= 0 && worker < threads) ++done[static_cast<std::size_t>(job)];
      });
      for (int job = 0; job < 9; ++job) REQUIRE(done[static_cast<std::size_t>(job)] == (job < jobs ? 1 : 0));
    }
  }
}

TEST_CASE("threads that sleep wake up again", "[cpu][threads]") {
  ThreadPool pool(3);
  for (int run = 0; run < 5; ++run) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // longer than a thread stays awake
    std::atomic<int> done{0};
    pool.run(8, [&](int, int) { ++done; });
    CHECK(done == 8);
  }
}
