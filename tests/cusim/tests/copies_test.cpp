#include <cuda_runtime_api.h>

#include <algorithm>
#include <string>

#include "tests/cusim/tests/simulation.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/devices.hpp"
#include "tests/support/small_training.hpp"

using namespace dae;
using namespace dae::test;

namespace {

/// Orders that cusim draws; each is another run of the same program.
constexpr std::uint64_t kSeeds = 12;

}  // namespace

TEST_CASE("a batch goes up while the one before is computed, and comes down while the next one is",
          "[cusim][predict]") {
  const Restored restored;
  const auto device = test_devices()[0].device;
  const Graph graph = small_graph();
  const auto state = device->make_state(graph, image_shape);
  state->write(some_weights(graph, image_shape), {}, 0);
  constexpr std::size_t batches = 5, batch = 4;
  std::vector<float> in(batches * batch * image_shape.sample_size()), out(in.size()), first;
  for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<float>(i % 100) / 100.0f;
  Spec spec = spec_of(batch);
  spec.mode = Mode::infer;
  const auto program = device->compile(graph, spec);
  program->predict(*state, in, out);
  first = out;
  Overlap overlap(batches);
  for (std::uint64_t seed = 1; seed <= 4 * kSeeds; ++seed) {
    cusim::set_order(cusim::Order::random, seed);
    cusim::reset_counts();
    std::ranges::fill(out, -1.0f);
    program->predict(*state, in, out);
    // Whatever the order: the same answers, one copy a batch each way, one graph a batch, nothing allocated.
    CHECK(same_bits(out, first));
    const cusim::Counts& counts = cusim::counts();
    CHECK(counts.work.at("copy to device") == batches);
    CHECK(counts.work.at("copy to host") == batches);
    CHECK(counts.calls.at("cudaGraphLaunch") == batches);
    for (const char* call : {"cudaMalloc", "cudaHostAlloc", "cudaStreamSynchronize", "cudaDeviceSynchronize"})
      CHECK_FALSE(counts.calls.contains(call));
    overlap.look();
  }
  // Copies wait for no more than they must, and nothing waits for what comes down: in some order.
  CHECK(overlap.both_ways());
}

TEST_CASE("a ring that is refilled while steps run trains as a pool that holds all", "[cusim][pool]") {
  const Restored restored;
  const auto device = test_devices()[0].device;
  constexpr std::size_t count = 60, batch = 5, ring = 20, half = ring / 2;
  const SmallImages images(count, image_shape);
  Spec spec = spec_of(batch);
  spec.computation.deterministic = true;
  const Run whole = train(*device, spec, images, images.samples());
  const Graph graph = small_graph();
  bool ahead = false;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    cusim::set_order(cusim::Order::random, seed);
    const auto store = device->make_image_store(ring, ring * image_shape.sample_size());
    const auto state = device->make_state(graph, image_shape);
    std::vector<float> weights = some_weights(graph, image_shape), moments(2 * weights.size());
    weights[0] = 0.1f;
    state->write(weights, {}, 0);
    const auto program = device->compile(graph, spec);
    cusim::reset_counts();
    for (std::size_t first = 0; first < count; first += half) {
      std::vector<Sample> samples;
      for (std::size_t i = first; i < first + half; ++i) {
        Sample sample;
        sample.slot = static_cast<std::uint32_t>(i % ring);
        sample.id = static_cast<std::uint32_t>(i);
        store->put(sample.slot, images.image(i));
        samples.push_back(sample);
      }
      program->load(*store, samples);
      while (program->train(*state, Adam{.rate = 0.01f}) > 0) {
      }
    }
    if (position("copy to device", 3) < position("update_kernel", half / batch)) ahead = true;
    state->read(weights, moments);
    CHECK(same_bits(weights, whole.weights));
    CHECK(same_bits(moments, whole.moments));
  }
  // Pixels, places and samples go up for each half; the second half's before the first one's steps are done.
  CHECK(ahead);
}

TEST_CASE("a slot that is put again changes no step that was enqueued before", "[cusim][pool]") {
  const Restored restored;
  const auto device = test_devices()[0].device;
  const SmallImages images(2, image_shape);
  const Graph graph = small_graph();
  std::vector<Sample> samples(6);
  for (std::uint32_t i = 0; i < 6; ++i) samples[i].id = i;
  Spec spec = spec_of(1);
  spec.computation.deterministic = true;
  const auto losses = [&](std::uint64_t seed) {
    cusim::set_order(cusim::Order::random, seed);
    const auto store = device->make_image_store(1, image_shape.sample_size());
    const auto state = device->make_state(graph, image_shape);
    state->write(some_weights(graph, image_shape), {}, 0);
    const auto program = device->compile(graph, spec);
    store->put(0, images.image(0));
    program->load(*store, samples);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      program->train(*state, Adam{});
      store->put(0, images.image(1 - i % 2));
    }
    return program->take_metrics().step_loss;
  };
  cusim::set_order(cusim::Order::eager);
  const std::vector<float> first = losses(1);
  CHECK(first.size() == samples.size());
  for (std::uint64_t seed = 2; seed <= kSeeds; ++seed) CHECK(same_bits(losses(seed), first));
}

TEST_CASE("a set larger than the card streams, and trains to the same bits", "[cusim][pool]") {
  const Restored restored;
  const auto device = test_devices()[0].device;
  const SmallImages images(200, image_shape);
  Spec spec = spec_of(3);
  spec.computation.deterministic = true;
  const Run resident = train(*device, spec, images, images.samples(), 2);
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    cusim::set_order(cusim::Order::random, seed);
    const Graph graph = small_graph();
    std::size_t free = 0, memory = 0;
    cudaMemGetInfo(&free, &memory);
    cusim::gpu().memory = memory - free + 100;  // too little for the images
    const auto store = images.store(*device);
    cusim::gpu().memory = memory;
    const auto state = device->make_state(graph, image_shape);
    std::vector<float> weights = some_weights(graph, image_shape), moments(2 * weights.size());
    weights[0] = 0.1f;
    state->write(weights, {}, 0);
    const auto program = device->compile(graph, spec);
    for (int pass = 0; pass < 2; ++pass) {
      program->load(*store, images.samples());
      while (program->train(*state, Adam{.rate = 0.01f}) > 0) {
      }
    }
    CHECK(same_bits(program->take_metrics().step_loss, resident.metrics.step_loss));
    state->read(weights, moments);
    CHECK(same_bits(weights, resident.weights));
    CHECK(same_bits(moments, resident.moments));
  }
}
