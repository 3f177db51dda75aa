#include "host/graph/buffer_plan.hpp"

#include <random>

#include "tests/support/catch.hpp"

using namespace dae;

TEST_CASE("buffers of one time never overlap, others share", "[memory]") {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    std::vector<Lifetime> buffers;
    std::size_t most_live = 0;
    for (int i = 0; i < 30; ++i) {
      const int first = static_cast<int>(random() % 20);
      buffers.push_back({1 + random() % 1000, first, first + static_cast<int>(random() % 5)});
    }
    const BufferPlan plan = place_buffers(buffers, 64);
    for (int time = 0; time < 25; ++time) {
      std::size_t live = 0;
      for (const Lifetime& b : buffers) live += b.first <= time && time <= b.last ? b.bytes : 0;
      most_live = std::max(most_live, live);
    }
    CHECK(plan.bytes >= most_live);
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      CHECK(plan.offsets[i] % 64 == 0);
      CHECK(plan.offsets[i] + buffers[i].bytes <= plan.bytes);
      bool shared = false;
      for (std::size_t j = 0; j < buffers.size(); ++j) {
        const bool bytes = plan.offsets[i] < plan.offsets[j] + buffers[j].bytes &&
                           plan.offsets[j] < plan.offsets[i] + buffers[i].bytes;
        const bool time = buffers[i].first <= buffers[j].last && buffers[j].first <= buffers[i].last;
        if (i == j) continue;
        REQUIRE_FALSE((bytes && time));
        shared = shared || bytes;
      }
      CHECK(plan.shared[i] == shared);
    }
  }
}

TEST_CASE("a chain of buffers needs two at a time", "[memory]") {
  std::vector<Lifetime> chain;
  for (int i = 0; i < 10; ++i) chain.push_back({256, i, i + 1});
  CHECK(place_buffers(chain, 64).bytes == 512);
  CHECK(place_buffers({}, 64).bytes == 0);
}
