#include <algorithm>
#include <cmath>

#include "host/evaluation/metrics.hpp"
#include "host/images/picture.hpp"
#include "host/noise/noise.hpp"
#include "host/text/kinds.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/devices.hpp"
#include "tests/support/small_images.hpp"

using namespace dae;
using namespace dae::test;

namespace {

/// One Dense layer from all elements to all elements, whose input its gradients show.
Graph full_graph(const Shape& shape) {
  Graph graph{"full", {}};
  graph.append(Input{});
  graph.append(Flatten{});
  graph.append(Dense{static_cast<int>(shape.sample_size())});
  graph.append(Reshape{shape.h, shape.w, shape.c});
  return graph;
}

/// The input that the network reads of a sample, element by element in h, w, c order. Under Dot the gradient of a Dense
/// layer's weights is target x input; SGD with rate 1 leaves -gradient where zeros were. Element 0 of the target must
/// be 1.
std::vector<float> network_input(Device& device, const ImageStore& store, const Shape& shape, const NoiseRecipe& noise,
                                 const Sample& sample) {
  const Graph graph = full_graph(shape);
  const auto state = device.make_state(graph, shape);
  const auto program = device.compile(graph, {.shape = shape, .mode = Mode::train, .loss = Dot{}, .noise = noise});
  program->load(store, std::span(&sample, 1));
  program->train(*state, Sgd{.rate = 1, .momentum = 0});
  const std::size_t size = shape.sample_size();
  std::vector<float> weights(size * size + size), input(size);
  state->read(weights, {});
  for (int y = 0; y < shape.h; ++y)
    for (int x = 0; x < shape.w; ++x)
      for (int c = 0; c < shape.c; ++c)
        input[static_cast<std::size_t>((y * shape.w + x) * shape.c + c)] =
            -weights[static_cast<std::size_t>((c * shape.h + y) * shape.w + x)];
  return input;
}

struct Case {
  const char* name;
  std::vector<NoisePart> parts;
  bool clip;
  /// Largest error of an element, in units of what the noise adds to it at most. Normals agree within 1e-5 (docs/
  /// numerics.md) times the strength; counts, thresholds and JPEG's integers agree exactly, their quotients within the
  /// last bit of a float.
  float tolerance;
  /// Elements that may be off altogether: after noise that differs in the last bits another kind may round the other
  /// way.
  double flipped = 0;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"none", {}, false, 1e-7f},
      {"gaussian", {Gaussian{0.5f}}, true, 1e-5f},
      {"a range of gaussian", {Gaussian{0.1f, 0.7f}}, false, 1e-5f},
      {"poisson, small means", {Poisson{7}}, true, 1e-6f},
      {"poisson, large means", {Poisson{500}}, false, 1e-6f},
      {"salt and pepper", {SaltAndPepper{0.3f}}, true, 1e-7f},
      {"every pixel lost", {SaltAndPepper{1}}, true, 1e-7f},
      {"speckle", {Speckle{0.4f}}, true, 1e-5f},
      {"jpeg", {Jpeg{20}}, true, 1e-7f},
      {"a range of jpeg", {Jpeg{10, 90}}, false, 1e-7f},
      {"a sum", {Gaussian{0.1f}, SaltAndPepper{0.1f}, Gaussian{0.05f, 0.2f}, Speckle{0.2f}}, true, 2e-5f},
      {"jpeg after gaussian", {Gaussian{0.1f}, Jpeg{50}}, true, 1e-5f, 0.2},
      {"poisson after gaussian", {Gaussian{0.1f}, Poisson{20}}, false, 1e-5f, 0.02},
  };
  return all;
}

void compare(const std::vector<float>& got, const std::vector<float>& wanted, const Case& each) {
  std::size_t off = 0;
  for (std::size_t i = 0; i < got.size(); ++i)
    if (!(std::fabs(got[i] - wanted[i]) <= each.tolerance * (1 + std::fabs(wanted[i])))) ++off;
  CHECK(static_cast<double>(off) <= each.flipped * static_cast<double>(got.size()));
}

}  // namespace

TEST_CASE("every kind of noise is the reference's on every device", "[device][noise]") {
  // 7x9 leaves partial quads and partial blocks of 8x8; 3 channels make colours, 2 do not.
  const Shape shape = GENERATE(Shape{1, 7, 9, 3}, Shape{1, 9, 10, 1}, Shape{1, 8, 5, 2});
  SmallImages images(2, shape);
  for (auto& pixels : images.pixels) pixels[0] = 255;
  Sample sample;
  sample.slot = 1;
  sample.id = 77;
  sample.epoch = 3;
  sample.rng_stream = RngStream::validation;
  for (const auto& [name, device] : test_devices()) {
    const auto store = images.store(*device);
    for (const Case& each : cases()) {
      INFO(name << ", " << each.name << ", " << to_string(shape));
      const NoiseRecipe recipe{each.parts, each.clip, 0x1234'5678'9ABC'DEF0};
      std::vector<float> wanted = unit_pixels(images.image(1));
      add_noise(wanted, shape, recipe, sample.rng_stream, sample.epoch, sample.id);
      compare(network_input(*device, *store, shape, recipe, sample), wanted, each);
    }
  }
}

TEST_CASE("every kind of noise has a row in the table of these tests", "[noise]") {
  for (const std::string_view kind : Kinds<NoisePart>::names) {
    INFO(kind << ": add a row to cases()");
    const NoisePart wanted = *Kinds<NoisePart>::named(kind);
    CHECK(std::ranges::any_of(
        cases(), [&](const Case& each) { return each.parts.size() == 1 && each.parts[0].index() == wanted.index(); }));
  }
}

TEST_CASE("a sample that has a noisy image of its own gets no noise and no clipping", "[device][noise]") {
  const Shape shape{1, 4, 5, 1};
  const std::vector<float> clean(shape.sample_size(), 1.0f);
  std::vector<float> noisy(shape.sample_size());
  for (std::size_t i = 0; i < noisy.size(); ++i) noisy[i] = static_cast<float>(i) * 0.25f - 1;
  for (const auto& [name, device] : test_devices())
    for (const Case& each : cases()) {
      INFO(name << ", " << each.name);
      const auto store = device->make_image_store(1, 2 * shape.sample_size() * sizeof(float));
      const Image image{shape, std::span<const float>(noisy)};
      store->put(0, {shape, std::span<const float>(clean)}, &image);
      CHECK(network_input(*device, *store, shape, {each.parts, each.clip, 1}, {}) == noisy);
    }
}

TEST_CASE("a short batch draws the noise that a long one draws", "[device][noise]") {
  const SmallImages images(5, {1, 6, 5, 2});
  for (const auto& [name, device] : test_devices()) {
    const auto store = images.store(*device);
    for (const Case& each : cases()) {
      INFO(name << ", " << each.name);
      const Graph graph = full_graph(images.shape);
      const auto loss_of = [&, &on = *device](int batch) {
        const auto state = on.make_state(graph, images.shape);
        const auto program = on.compile(
            graph, {.shape = images.shape.with_batch(batch), .loss = Mse{}, .noise = {each.parts, each.clip, 1}});
        std::vector<float> identity(parameter_count(parameters(graph, images.shape)));
        const std::size_t size = images.shape.sample_size();
        for (std::size_t i = 0; i < size; ++i) identity[i * size + i] = 1;
        state->write(identity, {}, 0);
        program->load(*store, images.samples());
        while (program->evaluate(*state) > 0) {
        }
        return program->take_metrics().squared_error;
      };
      // Five sums of sixty squares, in fp32 at most.
      CHECK(loss_of(5) == Approx(loss_of(3)).epsilon(1e-5).margin(1e-12));
    }
  }
}

TEST_CASE("a crop is read in all eight orientations", "[device][noise]") {
  const SmallImages images(2, {1, 9, 8, 3});
  const Shape crop{1, 3, 4, 3};
  for (const auto& [name, device] : test_devices()) {
    const auto store = images.store(*device);
    for (Orientation orientation = 0; orientation < 8; ++orientation) {
      INFO(name << ", orientation " << int{orientation});
      const Sample sample{.slot = 1, .y = 4, .x = 2, .orientation = orientation};
      const std::vector<float> got = network_input(*device, *store, crop, {{}, false, 1}, sample);
      const auto wanted = [&](int y, int x, int c) {
        int row = (orientation & 2) != 0 ? crop.h - 1 - y : y, column = (orientation & 1) != 0 ? crop.w - 1 - x : x;
        if ((orientation & 4) != 0) std::swap(row, column);
        return images.value(1, sample.y + row, sample.x + column, c);
      };
      // Element 0 of this target is not 1.
      const float scale = wanted(0, 0, 0);
      REQUIRE(scale > 0.1f);
      for (int y = 0; y < crop.h; ++y)
        for (int x = 0; x < crop.w; ++x)
          for (int c = 0; c < crop.c; ++c)
            REQUIRE(got[static_cast<std::size_t>((y * crop.w + x) * crop.c + c)] ==
                    Approx(scale * wanted(y, x, c)).margin(1e-6));
    }
  }
}
