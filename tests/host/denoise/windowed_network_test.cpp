#include "host/denoise/windowed_network.hpp"

#include <cmath>

#include "dae/error.hpp"
#include "host/graph/initial_weights.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/devices.hpp"

using namespace dae;

namespace {

Checkpoint untrained(Graph graph, int channels) {
  Checkpoint checkpoint;
  checkpoint.graph = std::move(graph);
  checkpoint.sample = {1, 16, 16, channels};
  checkpoint.weights = initial_weights(checkpoint.graph, checkpoint.sample, 1);
  return checkpoint;
}

std::vector<float> image(const Shape& shape) {
  std::vector<float> pixels(shape.sample_size());
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = 0.5f + 0.5f * std::sin(0.7f * static_cast<float>(i));
  return pixels;
}

/// Fewer channels than the presets, so that the test is quick; the same reach.
Graph network(const std::string& name) {
  Graph graph = preset(name);
  for (Node& node : graph.nodes)
    if (auto* conv = std::get_if<Conv2d>(&node.op); conv != nullptr && conv->filters > 8) conv->filters = 8;
  return graph;
}

std::vector<float> whole(Device& device, const Checkpoint& checkpoint, const std::vector<float>& in,
                         const Shape& shape) {
  const auto state = device.make_state(checkpoint.graph, shape);
  state->write(checkpoint.weights, {}, 0);
  std::vector<float> out(in.size());
  device.compile(checkpoint.graph, {.shape = shape, .loss = Mse{}, .noise = {{Gaussian{0.1f}}}})
      ->predict(*state, in, out);
  return out;
}

}  // namespace

TEST_CASE("tiles give the whole image's result, bit for bit", "[windows]") {
  for (const char* name : {"dncnn-small", "ffdnet-small", "unet-small", "dncnn-small-colour"}) {
    const int channels = preset_channels(name);
    const Checkpoint checkpoint = untrained(network(name), channels);
    for (const Shape& shape : {Shape{1, 140, 204, channels}, Shape{1, 200, 64, channels}, Shape{1, 8, 300, channels}})
      for (const auto& [where, device] : test::test_devices()) {
        INFO(name << " on " << to_string(shape) << ": " << where);
        WindowedNetwork tiled(*device, checkpoint, {{Gaussian{0.1f}}}, {.batch = 4, .window = 96});
        CHECK(tiled(image(shape), shape) == whole(*device, checkpoint, image(shape), shape));
      }
  }
}

TEST_CASE("an image of any size keeps its size", "[windows]") {
  const auto device = test::test_devices().front().device;
  const Checkpoint checkpoint = untrained(network("unet-small"), 1);
  WindowedNetwork tiled(*device, checkpoint, {});
  for (const Shape& shape : {Shape{1, 1, 1, 1}, Shape{1, 3, 131, 1}, Shape{1, 133, 2, 1}, Shape{1, 7, 9, 1}}) {
    const auto out = tiled(image(shape), shape);
    CHECK(out.size() == shape.sample_size());
    CHECK(std::isfinite(out.back()));
  }
  CHECK_THROWS_AS(tiled(std::vector<float>(5), {1, 2, 2, 1}), UsageError);
}

TEST_CASE("what lies beyond the edge is the image mirrored", "[windows]") {
  const auto device = test::test_devices().front().device;
  const Checkpoint checkpoint = untrained(network("unet-small"), 1);
  WindowedNetwork tiled(*device, checkpoint, {{Gaussian{0.1f}}});
  const Shape odd{1, 6, 7, 1}, even{1, 8, 8, 1};
  const auto in = image(odd);
  std::vector<float> mirrored;
  for (const std::size_t y : {0u, 1u, 2u, 3u, 4u, 5u, 4u, 3u})
    for (const std::size_t x : {0u, 1u, 2u, 3u, 4u, 5u, 6u, 5u}) mirrored.push_back(in[y * 7 + x]);
  const auto out = tiled(in, odd), wanted = whole(*device, checkpoint, mirrored, even);
  for (std::size_t y = 0; y < 6; ++y)
    for (std::size_t x = 0; x < 7; ++x) CHECK(out[y * 7 + x] == wanted[y * 8 + x]);
}

TEST_CASE("a network that is tied to one size says why", "[windows]") {
  const auto device = test::test_devices().front().device;
  Checkpoint checkpoint;
  checkpoint.graph = preset("dense-dae");
  checkpoint.sample = {1, 28, 28, 1};
  checkpoint.weights = initial_weights(checkpoint.graph, checkpoint.sample, 1);
  WindowedNetwork tied(*device, checkpoint, {});
  CHECK_THROWS_WITH(tied(std::vector<float>(29 * 28), {1, 29, 28, 1}), ContainsSubstring("flatten"));
  CHECK(tied(std::vector<float>(28 * 28), {1, 28, 28, 1}).size() == 28 * 28);
}

TEST_CASE("an image with more elements than a tensor may have is cut all the same", "[windows]") {
  struct Endless : WindowedImage {
    using WindowedImage::WindowedImage;
    void read(const Window&, std::span<float> to) const override { std::ranges::fill(to, 0.5f); }
    void write(std::span<const float>, const Window&) override {}
  };
  const auto device = open_device("cpu");
  const Checkpoint checkpoint = untrained(preset("dncnn-small"), 1);
  Endless image(Shape{1, 20000, 20000, 1});
  WindowedNetwork tiled(*device, checkpoint, {{Gaussian{0.1f}}}, {.memory = std::size_t{1} << 27});
  CHECK(tiled.enough(image.shape()) > 0);
  WindowedImage* const images[] = {&image};
  float done = 0;
  CHECK_FALSE(tiled(images, [&](double part) {
    done = static_cast<float>(part);
    return false;
  }));
  CHECK(done > 0);
  CHECK(done < 0.1f);
}
