#include <algorithm>
#include <map>
#include <thread>

#include "host/cpu/device.hpp"
#include "host/cpu/runtime/barrier.hpp"
#include "host/cpu/runtime/share.hpp"
#include "host/cpu/runtime/sharing.hpp"
#include "host/cpu/runtime/thread_pool.hpp"
#include "tests/host/cpu/trained_cases.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/small_training.hpp"

using namespace dae;
using namespace dae::test;

/// \file
/// Threads that would have no block of their own take part in another's.

TEST_CASE("a gradient has the same bits however many threads share a block", "[cpu][shared-blocks]") {
  constexpr int images = 3, blocks_of_many = 2 * cpu::most_lanes;
  for (tiles::Case each : tiles::trained_cases()) {
    // Without multiply-adds a block is not worth sharing.
    if (parameters(each.graph, each.shape).empty()) each.graph.append(Conv2d{16, 5});
    for (const cpu::Isa& isa : cpu::usable_isas()) {
      const auto gradient = [&](int threads, int compiled_for) {
        const auto device = cpu::make_cpu_device({.threads = threads, .say = {}}, isa);
        return tiles::gradient_of(*device, each, compiled_for, images);
      };
      for (const int compiled_for : {images, blocks_of_many}) {  // in tiles, and with an image in each lane
        const tiles::Gradient alone = gradient(1, compiled_for);
        for (const int threads : {2, 3, 7}) {
          INFO(each.name << ", " << isa.name << ", compiled for " << compiled_for << ", " << threads << " threads");
          const tiles::Gradient shared = gradient(threads, compiled_for);
          CHECK(shared.loss == alone.loss);
          CHECK(same_bits(shared.weights, alone.weights));
          CHECK(same_bits(shared.in, alone.in));
        }
      }
    }
  }
}

TEST_CASE("a prediction has the same bits however many threads share a block", "[cpu][shared-blocks]") {
  for (const tiles::Case& each : tiles::cases())
    for (const cpu::Isa& isa : cpu::usable_isas()) {
      const std::size_t out_size = infer_shapes(each.graph, each.shape).back().sample_size();
      const std::vector<float> weights = initial_weights(each.graph, each.shape, 7);
      const auto predict = [&](int threads, std::size_t images) {
        const auto device = cpu::make_cpu_device({.threads = threads, .say = {}}, isa);
        const auto state = device->make_state(each.graph, each.shape);
        state->write(weights, {}, 0);
        const auto program = device->compile(
            each.graph,
            {.shape = each.shape.with_batch(static_cast<int>(images)), .mode = Mode::predict, .loss = Mse{}});
        std::vector<float> out(images * out_size);
        program->predict(*state, tiles::numbers(images * each.shape.sample_size(), 1), out);
        return out;
      };
      for (const std::size_t images : {1, 17}) {
        const std::vector<float> alone = predict(1, images);
        for (const int threads : {2, 5}) {
          INFO(each.name << ", " << isa.name << ", " << images << " images, " << threads << " threads");
          CHECK(same_bits(predict(threads, images), alone));
        }
      }
    }
}

TEST_CASE("threads leave a barrier when all have come", "[cpu][shared-blocks][threads]") {
  constexpr int rounds = 20'000;
  for (const int threads : {2, 5}) {
    cpu::ThreadPool pool(threads);
    cpu::Barrier barrier;
    barrier.reset(threads);
    std::vector<int> come(static_cast<std::size_t>(threads), 0);
    std::atomic<int> late{0};
    pool.run(threads, [&](int place, int) {
      for (int round = 1; round <= rounds; ++round) {
        come[static_cast<std::size_t>(place)] = round;
        // Come late by about as long as others stay awake, so that some are just falling asleep.
        const auto late_until =
            std::chrono::steady_clock::now() + std::chrono::nanoseconds(place == 0 ? round % 64 * 1000 : 0);
        while (std::chrono::steady_clock::now() < late_until) continue;
        barrier.wait();
        if (std::ranges::any_of(come, [&](int each) { return each != round; })) ++late;
        barrier.wait();
      }
    });
    CHECK(late == 0);
  }
}

TEST_CASE("shares and parts cover everything once", "[cpu][shared-blocks]") {
  for (const int members : {1, 2, 3, 7, 16})
    for (const int channels : {1, 2, 5, 8, 32})
      for (const int rows : {1, 3, 14})
        for (const int unit : {1, 4}) {
          INFO(channels << " channels in groups of " << unit << ", " << rows << " rows, " << members << " members");
          std::vector<int> shared(static_cast<std::size_t>(channels), 0);
          std::map<std::pair<int, int>, int> parts;
          for (int member = 0; member < members; ++member) {
            const cpu::Slice slice = cpu::share(channels, unit, member, members);
            if (slice.count > 0) CHECK(slice.first % unit == 0);
            for (int c = slice.first; c < slice.end(); ++c) ++shared[static_cast<std::size_t>(c)];
            const cpu::Part part = cpu::part(channels, unit, rows, member, members);
            if (part.channels.count > 0) CHECK(part.channels.first % unit == 0);
            for (int c = part.channels.first; c < part.channels.end(); ++c)
              for (int y = part.rows.first; y < part.rows.end(); ++y) ++parts[{c, y}];
          }
          CHECK(std::ranges::all_of(shared, [](int times) { return times == 1; }));
          CHECK(parts.size() == static_cast<std::size_t>(channels * rows));
          CHECK(std::ranges::all_of(parts, [](const auto& each) { return each.second == 1; }));
        }
}

TEST_CASE("teams form where threads would be idle and it pays", "[cpu][shared-blocks]") {
  using cpu::WorkSplit;
  for (const int threads : {1, 2, 3, 8, 16})
    for (int jobs = 0; jobs <= 40; ++jobs)
      for (const double cost : {0.0, 0.1, 0.4, 2.0}) {
        INFO(jobs << " jobs, " << threads << " threads, cost " << cost);
        const WorkSplit split(jobs, threads, cost);
        const int shared = jobs - split.alone;
        CHECK(split.teams * split.members <= threads);
        CHECK(split.time <= (jobs + threads - 1) / threads);
        CHECK((shared == 0) == (split.teams == 0));
        CHECK(shared < threads);
        CHECK(split.alone % (shared > 0 ? threads : 1) == 0);
      }
  CHECK(WorkSplit(1, 16, 0.1).members == 16);
  const WorkSplit two_each(8, 16, 0.1);
  CHECK(two_each.teams == 8);
  CHECK(two_each.members == 2);
  const WorkSplit last_one(3, 2, 0.1);
  CHECK(last_one.alone == 2);
  CHECK(last_one.members == 2);
  CHECK(WorkSplit(1, 2, 0.6).teams == 0);
  CHECK(WorkSplit(4, 2, 0.1).teams == 0);
}

namespace {

/// How many of `runs` runs share, where a run takes so long.
int shared_runs(cpu::SharingTuner& tuner, int runs, double alone, double shared) {
  int count = 0;
  for (int run = 0; run < runs; ++run) {
    const bool shares = tuner.share();
    count += shares ? 1 : 0;
    tuner.took(shares ? shared : alone);
  }
  return count;
}

}  // namespace

TEST_CASE("blocks are shared as long as that is sooner", "[cpu][shared-blocks]") {
  cpu::SharingTuner tuner;
  CHECK(shared_runs(tuner, 8, 1.0, 0.6) == 8);
  CHECK(shared_runs(tuner, 640, 1.0, 0.6) == 640 - 2 * 10);
  tuner.took(50.0);  // one run is disturbed
  CHECK(shared_runs(tuner, 128, 1.0, 0.6) >= 124);
  // The cores are wanted elsewhere; it takes a trial to see that.
  shared_runs(tuner, 130, 1.0, 1.5);
  CHECK(shared_runs(tuner, 640, 1.0, 1.5) == 2 * 10);
  // And back.
  shared_runs(tuner, 64, 1.0, 0.6);
  CHECK(shared_runs(tuner, 640, 1.0, 0.6) == 640 - 2 * 10);
}

TEST_CASE("a cold start does not end sharing", "[cpu][shared-blocks]") {
  cpu::SharingTuner tuner;
  CHECK(tuner.share());
  tuner.took(100.0);
  CHECK(shared_runs(tuner, 63, 1.0, 0.6) == 61);
}
