#include <cuda_runtime_api.h>

#include <cmath>
#include <map>
#include <set>

#include "dae/error.hpp"
#include "host/denoise/photo_denoiser.hpp"
#include "host/denoise/windows.hpp"
#include "tests/cusim/tests/cpu_reference.hpp"
#include "tests/cusim/tests/simulation.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/small_training.hpp"

/// \file
/// Pictures on the simulated device: how many windows a launch takes, what runs beside what, and what is done once.
namespace dae::test {
namespace {

Checkpoint checkpoint() {
  Checkpoint result;
  result.graph.name = "two-convolutions";
  result.graph.append(Input{});
  result.graph.append(Conv2d{3});
  result.graph.append(ReLU{});
  result.graph.append(Conv2d{1});
  result.graph.append(Sigmoid{});
  result.sample = {1, 32, 32, 1};
  result.weights = some_weights(result.graph, result.sample);
  return result;
}

using Sizes = std::vector<std::pair<int, int>>;

std::vector<Picture> pictures(const Sizes& sizes) {
  std::vector<Picture> result;
  for (const auto& [height, width] : sizes) {
    const Shape shape{1, height, width, 1};
    result.push_back({shape, scattered(shape.size(), static_cast<std::uint32_t>(result.size()))});
  }
  return result;
}

std::vector<std::vector<float>> denoised(PhotoDenoiser& denoiser, const std::vector<Picture>& pictures) {
  std::vector<const Picture*> pointers;
  for (const Picture& picture : pictures) pointers.push_back(&picture);
  std::vector<std::vector<float>> result;
  for (const Denoised& each : denoiser(pointers)) result.push_back(std::get<2>(each.picture.pixels));
  return result;
}

void require_equal_pictures(const std::vector<std::vector<float>>& got, const std::vector<std::vector<float>>& wanted) {
  REQUIRE(got.size() == wanted.size());
  // Two sums of 27 products behind each other, in another order.
  for (std::size_t i = 0; i < got.size(); ++i) require_close(got[i], wanted[i], 1e-5);
}

std::uint64_t launches() { return cusim::counts().calls.at("cudaGraphLaunch"); }

std::size_t used_memory() {
  std::size_t free = 0, all = 0;
  cudaMemGetInfo(&free, &all);
  return all - free;
}

constexpr int kWindow = 32;
/// Deterministic, so that no plan is timed: all captures and launches are of predictions.
constexpr Computation kUntimed = {.deterministic = true};
/// Orders that cusim draws.
constexpr std::uint64_t kSeeds = 48;

/// Windows of kWindow pixels that pictures of these sizes are cut into.
std::size_t window_count(const Sizes& sizes) {
  const WindowRule rule(window_constraints(checkpoint().graph), true);
  std::size_t count = 0;
  for (const auto& [height, width] : sizes)
    count += cut(height, kWindow, rule).size() * cut(width, kWindow, rule).size();
  return count;
}

const Sizes some_sizes = {{61, 90}, {32, 47}, {75, 33}, {50, 64}, {88, 71}};

}  // namespace

TEST_CASE("windows of all pictures go through in batches as large as the card takes", "[cusim][photos]") {
  const Restored restored;
  const std::vector<Picture> noisy = pictures(some_sizes);
  const auto cpu = cpu_reference();
  PhotoDenoiser reference(*cpu, checkpoint(), {});
  const auto wanted = denoised(reference, noisy);
  const std::size_t windows = window_count(some_sizes);
  for (const int multiprocessors : {2, 8}) {
    cusim::gpu().multiprocessors = multiprocessors;
    const std::size_t batch = 2048 * static_cast<std::size_t>(multiprocessors) / (kWindow * kWindow);
    const std::uint64_t batches = (windows + batch - 1) / batch;
    // Those that the device is given together.
    Overlap overlap(std::min<std::size_t>(batches, 4));
    const auto device = open_device("0");
    PhotoDenoiser denoiser(*device, checkpoint(), {.windows = {.window = kWindow, .computation = kUntimed}});
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      cusim::set_order(cusim::Order::random, seed);
      cusim::reset_counts();
      require_equal_pictures(denoised(denoiser, noisy), wanted);
      CHECK(launches() == batches);
      const cusim::Counts& counts = cusim::counts();
      CHECK(counts.work.at("copy to device") == batches);
      CHECK(counts.work.at("copy to host") == batches);
      overlap.look();
    }
    // The next batch goes up, and the last one comes down, beside the one that is computed.
    CHECK(overlap.both_ways());
  }
}

TEST_CASE("pictures of other sizes need no plan, no memory and no capture", "[cusim][photos]") {
  const Restored restored;
  cusim::gpu().multiprocessors = 8;
  const auto device = open_device("0");
  PhotoDenoiser denoiser(*device, checkpoint(), {.windows = {.computation = kUntimed}});
  cusim::reset_counts();
  denoised(denoiser, pictures(some_sizes));
  CHECK(cusim::counts().calls.at("cudaGraphInstantiate") == 1);
  const std::set<std::string> usual = {"cudaSetDevice",       "cudaMemcpyAsync", "cudaEventRecord",
                                       "cudaStreamWaitEvent", "cudaGraphLaunch", "cudaEventSynchronize"};
  const auto cpu = cpu_reference();
  PhotoDenoiser reference(*cpu, checkpoint(), {});
  for (const Sizes& sizes : {Sizes{{64, 64}, {33, 100}}, Sizes{{97, 51}}, Sizes{{40, 45}, {41, 45}, {42, 45}}}) {
    const std::vector<Picture> noisy = pictures(sizes);
    cusim::reset_counts();
    const auto got = denoised(denoiser, noisy);
    for (const auto& [call, count] : cusim::counts().calls) {
      CAPTURE(call, count);
      CHECK(usual.contains(call));
    }
    require_equal_pictures(got, denoised(reference, noisy));
  }
}

TEST_CASE("batches are smaller where memory is short", "[cusim][photos]") {
  const Restored restored;
  cusim::gpu().multiprocessors = 200;
  cusim::set_order(cusim::Order::eager);
  const auto device = open_device("0");
  const std::vector<Picture> noisy = pictures(some_sizes);
  const std::size_t windows = window_count(some_sizes);
  const auto run = [&](const WindowOptions& tiles) {
    PhotoDenoiser denoiser(*device, checkpoint(), {.windows = tiles});
    cusim::reset_counts();
    denoised(denoiser, noisy);
    return used_memory();
  };
  const std::size_t before = used_memory();
  run({.window = kWindow, .computation = kUntimed});
  CHECK(launches() == 1);
  // A window takes six channels of activations, and three times its input and output on the way.
  constexpr std::size_t memory = 1 << 20;
  CHECK(run({.memory = memory, .window = kWindow, .computation = kUntimed}) - before < memory);
  CHECK(launches() > 2);
  CHECK(launches() < windows / 2);
  // Others have a part of the card, and CUDA may come to want 128 MiB.
  cusim::gpu().memory = used_memory() + (std::size_t{128} << 20) + memory;
  CHECK(run({.window = kWindow, .computation = kUntimed}) < cusim::gpu().memory - (std::size_t{128} << 20));
  CHECK(launches() > 2);
  CHECK(launches() < windows / 2);
  cusim::gpu().memory = used_memory();
  CHECK_THROWS_AS(run({.window = kWindow, .computation = kUntimed}), MemoryError);
}

}  // namespace dae::test
