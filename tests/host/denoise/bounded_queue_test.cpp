#include "host/denoise/bounded_queue.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "tests/support/catch.hpp"

using dae::BoundedQueue;

TEST_CASE("a queue never holds more than its weight, and loses nothing between threads", "[threads]") {
  constexpr int each = 2000, makers = 3;
  BoundedQueue<int> queue(10);
  std::atomic<int> inside{0}, most{0}, working{makers};
  std::vector<std::jthread> threads;
  for (int maker = 0; maker < makers; ++maker)
    threads.emplace_back([&, maker] {
      for (int i = 0; i < each; ++i) {
        REQUIRE(queue.push(maker * each + i, 3));
        const int now = ++inside;
        int before = most;
        while (now > before && !most.compare_exchange_weak(before, now)) {
        }
      }
      if (--working == 0) queue.close();
    });
  std::vector<int> seen(makers * each);
  while (const auto next = queue.pop()) {
    --inside;
    ++seen[static_cast<std::size_t>(*next)];
  }
  for (const int times : seen) REQUIRE(times == 1);
  // Three fit; a maker may count its own only after the taker has it, so the counts overlap by one a thread.
  CHECK(most <= 3 + makers + 1);
}

TEST_CASE("a queue takes what is too heavy alone, and nothing when it is closed", "[threads]") {
  BoundedQueue<int> queue(10);
  CHECK(queue.push(1, 1000));
  std::atomic<bool> entered{false};
  std::jthread second([&] { entered = queue.push(2, 1); });
  CHECK(queue.pop() == 1);
  second.join();
  CHECK(entered);
  queue.close();
  CHECK_FALSE(queue.push(3, 1));
  CHECK(queue.pop() == 2);
  CHECK_FALSE(queue.pop().has_value());

  BoundedQueue<int> full(1);
  CHECK(full.push(1, 1));
  std::atomic<bool> refused{false};
  std::jthread waiting([&] { refused = !full.push(2, 1); });
  full.discard();
  waiting.join();
  // It came either while the first was in it, or after it was closed.
  CHECK(refused);
  CHECK_FALSE(full.pop().has_value());
}
