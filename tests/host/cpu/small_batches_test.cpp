#include <algorithm>
#include <cmath>
#include <limits>

#include "host/cpu/device.hpp"
#include "host/cpu/network/networks.hpp"
#include "host/graph/initial_weights.hpp"
#include "tests/host/cpu/trained_cases.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/small_images.hpp"

using namespace dae;
using namespace dae::test;
using tiles::gradient_of, tiles::Gradient, tiles::numbers, tiles::trained_cases;

/// \file
/// A batch that is smaller than two blocks is trained in tiles. Beside it the same images in a block with an image in
/// each lane: a program that is compiled for more images takes that.
namespace {

constexpr int large = 2 * cpu::most_lanes;
constexpr int batches[] = {1, 2, 3, 5, 8, 15, 16};

/// Both are sums of the same products in another order. How large they are together is seen in the largest sum: a
/// tensor's elements are sums of as many terms of one size.
void check_close(std::span<const float> got, std::span<const float> expected, double terms) {
  double largest = 0, difference = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::abs(double{expected[i]}));
    difference = std::max(difference, std::abs(double{got[i]} - double{expected[i]}));
  }
  CHECK(difference <= 4 * std::numeric_limits<float>::epsilon() * std::sqrt(terms) * largest);
}

}  // namespace

TEST_CASE("small batches have the gradients that they have in full blocks", "[cpu][small-batches]") {
  for (const tiles::Case& each : trained_cases())
    for (const cpu::Isa& isa : cpu::usable_isas()) {
      const auto device = cpu::make_cpu_device({.threads = 2, .say = {}}, isa);
      for (const int batch : batches) {
        INFO(each.name << ", " << isa.name << ", batch " << batch);
        const Gradient got = gradient_of(*device, each, batch, batch);
        const Gradient expected = gradient_of(*device, each, large, batch);
        CHECK(got.loss == Approx(expected.loss).epsilon(1e-6));
        const double pixels = batch * each.shape.h * each.shape.w;
        for (const Parameter& p : parameters(each.graph, each.shape))
          check_close(std::span(got.weights).subspan(p.offset, p.size),
                      std::span(expected.weights).subspan(p.offset, p.size), pixels);
        check_close(got.in, expected.in, 9 * 64);
      }
    }
}

namespace {

/// Crops of larger images, of every orientation; each third image has a noisy counterpart.
struct Crops {
  SmallImages images, noisy;

  Crops(int count, const Shape& crop)
      : images(count, {1, crop.h + 3, crop.w + 3, crop.c}), noisy(count + 1, images.shape) {}
  [[nodiscard]] std::unique_ptr<ImageStore> store(Device& device) const {
    auto made = device.make_image_store(static_cast<std::uint32_t>(images.pixels.size()),
                                        2 * images.pixels.size() * images.shape.sample_size());
    for (std::size_t i = 0; i < images.pixels.size(); ++i) {
      const Image other = noisy.image(i + 1);
      made->put(static_cast<std::uint32_t>(i), images.image(i), i % 3 == 1 ? &other : nullptr);
    }
    return made;
  }
  [[nodiscard]] std::vector<Sample> samples() const {
    std::vector<Sample> all = images.samples();
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i].orientation = static_cast<Orientation>(i % 8);
      all[i].y = static_cast<std::uint16_t>(i % 4);
      all[i].x = static_cast<std::uint16_t>(i % 3);
      all[i].epoch = 2;
    }
    return all;
  }
};

struct Step {
  float loss = 0;
  std::vector<float> weights, gradient;
};

/// The outcome of `steps` steps of a program on the same images; the gradient is the last one's where there is no
/// momentum.
Step step(Device& device, const Graph& graph, const Spec& spec, const Crops& crops, const Update& update, int steps) {
  const auto store = crops.store(device);
  const auto state = device.make_state(graph, spec.shape);
  Step result{0, initial_weights(graph, spec.shape, 7), {}};
  state->write(result.weights, {}, 0);
  const auto program = device.compile(graph, spec);
  for (int i = 0; i < steps; ++i) {
    program->load(*store, crops.samples());
    CHECK(program->train(*state, update) == crops.images.pixels.size());
  }
  result.loss = program->take_metrics().step_loss.back();
  std::vector<float> moments(2 * result.weights.size());
  state->read(result.weights, moments);
  result.gradient.assign(moments.begin(), moments.begin() + static_cast<std::ptrdiff_t>(result.weights.size()));
  return result;
}

}  // namespace

TEST_CASE("small batches are the same images with the same noise", "[cpu][small-batches]") {
  using fixture::chain;
  Graph map = chain(NoiseMap{});
  map.append(Concat{}, {0, 1});
  for (const auto& op : {Op(Conv2d{5}), Op(ReLU{}), Op(Conv2d{3})}) map.append(op);
  const std::vector<NoiseRecipe> recipes = {{{Gaussian{0.1f, 0.5f}}, true, 9},
                                            {{Gaussian{0.3f}}, false, 9},
                                            {{Poisson{20}, Gaussian{0.1f}}, true, 9},
                                            {{}, false, 9}};
  for (const tiles::Case& each : {tiles::Case{"noise map", map, {1, 21, 21, 3}},
                                  tiles::Case{"conv-dae-16", preset("conv-dae-16"), {1, 28, 28, 1}}})
    for (const NoiseRecipe& recipe : recipes)
      for (const cpu::Isa& isa : cpu::usable_isas())
        for (const int batch : batches) {
          INFO(each.name << ", " << isa.name << ", batch " << batch << ", noise " << &recipe - recipes.data());
          const auto device = cpu::make_cpu_device({.threads = 1, .say = {}}, isa);
          const Crops crops(batch, each.shape);
          Spec spec{.shape = each.shape.with_batch(batch), .mode = Mode::train, .noise = recipe};
          if (!ends_in_sigmoid(each.graph)) spec.loss = Charbonnier{};
          const Step got = step(*device, each.graph, spec, crops, Sgd{.rate = 0.1f, .momentum = 0}, 1);
          spec.shape.n = large;
          const Step expected = step(*device, each.graph, spec, crops, Sgd{.rate = 0.1f, .momentum = 0}, 1);
          CHECK(got.loss == Approx(expected.loss).epsilon(1e-6));
          // Pixels' noise may differ by a float's last bits where the compiler contracts products in another way.
          for (const Parameter& p : parameters(each.graph, each.shape))
            check_close(std::span(got.gradient).subspan(p.offset, p.size),
                        std::span(expected.gradient).subspan(p.offset, p.size), batch * each.shape.h * each.shape.w);
        }
}

TEST_CASE("small batches give the same bits on any number of threads", "[cpu][small-batches]") {
  const Shape shape{1, 28, 28, 1};
  for (const auto name : {"conv-dae-16", "conv-dae-32"})
    for (const cpu::Isa& isa : cpu::usable_isas())
      for (const int batch : batches) {
        INFO(name << ", " << isa.name << ", batch " << batch);
        const Crops crops(batch, shape);
        const auto run = [&](int threads) {
          const auto device = cpu::make_cpu_device({.threads = threads, .say = {}}, isa);
          return step(*device, preset(name),
                      {.shape = shape.with_batch(batch), .mode = Mode::train, .noise = {{Gaussian{0.5f}}}}, crops,
                      Adam{.rate = 0.01f}, 3);
        };
        const Step one = run(1);
        for (const int threads : {2, 5, 16}) {
          const Step other = run(threads);
          CHECK(one.loss == other.loss);
          CHECK(one.weights == other.weights);
          CHECK(one.gradient == other.gradient);
        }
      }
}

TEST_CASE("what a block held before leaves no trace in a small batch", "[cpu][small-batches]") {
  for (const tiles::Case& each : trained_cases())
    for (const cpu::Isa& isa : cpu::usable_isas()) {
      INFO(each.name << ", " << isa.name);
      const auto device = cpu::make_cpu_device({.threads = 1, .say = {}}, isa);
      const auto state = device->make_state(each.graph, each.shape);
      const std::vector<float> weights = initial_weights(each.graph, each.shape, 7);
      state->write(weights, {}, 0);
      const std::size_t in_size = each.shape.sample_size();
      const std::vector<float> in = numbers(3 * in_size, 1),
                               target = numbers(3 * infer_shapes(each.graph, each.shape).back().sample_size(), 2);
      const auto gradient = [&](Program& program, std::size_t images) {
        Gradient result{0, std::vector<float>(weights.size()), std::vector<float>(images * in_size)};
        result.loss = program.gradient(*state, std::span(in).first(result.in.size()),
                                       std::span(target).first(target.size() / 3 * images), result.weights, result.in);
        return result;
      };
      const Spec spec{.shape = each.shape.with_batch(3), .mode = Mode::train, .loss = Mse{}};
      const auto fresh = device->compile(each.graph, spec), used = device->compile(each.graph, spec);
      const std::vector<float> bad(in.size(), std::numeric_limits<float>::quiet_NaN());
      std::vector<float> d_weights(weights.size()), d_in(in.size());
      used->gradient(*state, bad, target, d_weights, d_in);
      const Gradient expected = gradient(*fresh, 1), got = gradient(*used, 1);
      CHECK(got.loss == expected.loss);
      CHECK(got.weights == expected.weights);
      CHECK(got.in == expected.in);
    }
}

TEST_CASE("how many images share a block follows from graph, lanes and batch", "[cpu][small-batches]") {
  const Shape shape{1, 28, 28, 1};
  const auto images_at_once = [&](const char* name, int batch, int lanes, Loss loss = Bce{}) {
    return cpu::Networks(preset(name), {.shape = shape.with_batch(batch), .mode = Mode::train, .loss = loss}, lanes)
        .any()
        .images_at_once;
  };
  for (const auto name : {"conv-dae-16", "conv-dae-32"})
    for (const int lanes : {4, 8, 16}) {
      INFO(name << ", " << lanes << " lanes");
      CHECK(images_at_once(name, 1, lanes) == 1);
      CHECK(images_at_once(name, lanes / 4, lanes) < lanes);
      for (const int blocks : {1, 2, 3}) CHECK(images_at_once(name, blocks * lanes, lanes) == lanes);
      CHECK(images_at_once(name, 1, lanes, Ssim{}) == lanes);
    }
  // A matrix product has nothing that tiles could share.
  CHECK(images_at_once("dense-dae", 8, 16) == 16);
}
