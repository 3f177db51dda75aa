#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/support/catch.hpp"
#include "tests/support/devices.hpp"
#include "tests/support/small_training.hpp"

using namespace dae;
using namespace dae::test;

TEST_CASE("training gives the same bits every time where that is asked for", "[device][program]") {
  const SmallImages images(150, image_shape);
  Spec spec = spec_of(70);
  spec.computation.deterministic = true;
  for (const auto& [name, device] : test_devices()) {
    INFO(name);
    const Run one = train(*device, spec, images, images.samples(), 2);
    const Run other = train(*device, spec, images, images.samples(), 2);
    CHECK(same_bits(one.weights, other.weights));
    CHECK(same_bits(one.moments, other.moments));
    CHECK(same_bits(one.metrics.step_loss, other.metrics.step_loss));
    CHECK(one.metrics.loss == other.metrics.loss);
  }
}

TEST_CASE("the short last batch uses every image", "[device][program]") {
  const SmallImages images(37, image_shape);
  for (const auto& [name, device] : test_devices()) {
    INFO(name);
    const Graph graph = small_graph();
    const auto store = images.store(*device);
    const auto state = device->make_state(graph, image_shape);
    const auto program = device->compile(graph, spec_of(16));
    program->load(*store, images.samples());
    CHECK(program->train(*state, Adam{}) == 16);
    CHECK(program->train(*state, Adam{}) == 16);
    CHECK(program->train(*state, Adam{}) == 5);
    CHECK(program->train(*state, Adam{}) == 0);
    CHECK(state->step() == 3);
    const Metrics metrics = program->take_metrics();
    CHECK(metrics.samples == 37);
    CHECK(metrics.step_loss.size() == 3);
    CHECK(program->take_metrics().samples == 0);
  }
}

TEST_CASE("progress is that of the steps since the metrics were taken", "[device][program]") {
  const SmallImages images(37, image_shape);
  for (const auto& [name, device] : test_devices()) {
    INFO(name);
    const Graph graph = small_graph();
    const auto store = images.store(*device);
    const auto state = device->make_state(graph, image_shape);
    std::vector<float> weights = some_weights(graph, image_shape);
    state->write(weights, {}, 0);
    const auto program = device->compile(graph, spec_of(16));
    CHECK(program->progress().steps == 0);
    for (int pass = 0; pass < 2; ++pass) {
      program->load(*store, images.samples());
      while (program->train(*state, Adam{}) > 0) {
      }
      state->read(weights, {});  // waits
      const Progress progress = program->progress();
      CHECK(progress.steps == 3);
      const Metrics metrics = program->take_metrics();
      CHECK(progress.loss == Approx(metrics.loss / static_cast<double>(metrics.samples)).epsilon(1e-6));
      CHECK(program->progress().steps == 0);
    }
  }
}

TEST_CASE("a step's gradient is the mean over its samples", "[device][program]") {
  // Without noise a training step sees what gradient() sees. After the first step m is (1 - beta1) times the gradient.
  constexpr int count = 21;
  const SmallImages images(count, image_shape);
  std::vector<float> clean;
  for (const auto& pixels : images.pixels)
    for (const std::uint8_t p : pixels) clean.push_back(static_cast<float>(p) / 255.0f);
  for (const auto& [name, device] : test_devices()) {
    INFO(name);
    Spec spec = spec_of(32);
    spec.noise = {{}, false, 1};
    const Run run = train(*device, spec, images, images.samples());
    const Graph graph = small_graph();
    const auto state = device->make_state(graph, image_shape);
    std::vector<float> weights = some_weights(graph, image_shape);
    weights[0] = 0.1f;
    state->write(weights, {}, 0);
    std::vector<float> gradient(weights.size());
    const double loss = device->compile(graph, spec)->gradient(*state, clean, clean, gradient, {});
    CHECK(run.metrics.step_loss.at(0) == Approx(loss).epsilon(1e-6));
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      // The same sums in the same order; only the pixels' scaling may round differently.
      CHECK(run.moments[i] == Approx(0.1f * gradient[i]).epsilon(1e-4).margin(1e-7));
      const double m = 0.1 * gradient[i], v = 0.001 * std::pow(gradient[i], 2);
      const double step = step_size(Adam{.rate = 0.01f}, 1) * m / (std::sqrt(v) + 1e-7);
      CHECK(run.weights[i] == Approx(weights[i] - step).epsilon(1e-6).margin(1e-6));
    }
  }
}

TEST_CASE("a loss that is not finite stops the optimizer for good", "[device][program]") {
  const SmallImages images(40, image_shape);
  for (const auto& [name, device] : test_devices()) {
    INFO(name);
    // A weight of the first layer: neither ReLU nor the loss may hide it.
    const Run run = train(*device, spec_of(16), images, images.samples(), 1, std::numeric_limits<float>::quiet_NaN());
    REQUIRE(run.metrics.bad_step.has_value());
    CHECK(*run.metrics.bad_step == 1);
    CHECK(run.step == 0);
    CHECK(std::ranges::all_of(run.moments, [](float m) { return m == 0.0f; }));
    CHECK(run.weights[1] == some_weights(small_graph(), image_shape)[1]);

    const auto device_state = device->make_state(small_graph(), image_shape);
    const auto store = images.store(*device);
    const auto program = device->compile(small_graph(), spec_of(16));
    program->load(*store, images.samples());
    program->train(*device_state, Adam{});
    program->train(*device_state, Adam{.rate = std::numeric_limits<float>::infinity()});
    program->train(*device_state, Adam{});
    CHECK(program->take_metrics().bad_step == 3);
    CHECK(device_state->step() == 2);
  }
}

TEST_CASE("evaluation adds up each sample's loss, error and PSNR", "[device][program]") {
  // All weights zero: the output is 1/2 everywhere, the loss log 2.
  const SmallImages images(20, image_shape);
  double squared_error = 0, psnr = 0;
  for (std::size_t i = 0; i < images.pixels.size(); ++i) {
    double sum = 0;
    for (const std::uint8_t p : images.pixels[i]) sum += std::pow(p / 255.0 - 0.5, 2);
    squared_error += sum / static_cast<double>(image_shape.sample_size());
    psnr += -10 * std::log10(sum / static_cast<double>(image_shape.sample_size()));
  }
  for (const auto& [name, device] : test_devices()) {
    INFO(name);
    const auto state = device->make_state(small_graph(), image_shape);
    Spec spec = spec_of(16);
    spec.mode = Mode::infer;
    const auto program = device->compile(small_graph(), spec);
    const auto store = images.store(*device);
    program->load(*store, images.samples());
    CHECK(program->evaluate(*state) == 16);
    CHECK(program->evaluate(*state) == 4);
    const Metrics metrics = program->take_metrics();
    CHECK(metrics.samples == 20);
    CHECK(metrics.loss == Approx(20 * std::log(2.0)).epsilon(1e-6));
    CHECK(metrics.squared_error == Approx(squared_error).epsilon(1e-5));
    CHECK(metrics.psnr == Approx(psnr).epsilon(1e-5));
  }
}

TEST_CASE("binary cross-entropy is stable for logits of any size", "[device][loss]") {
  Graph graph{"logits", {}};
  graph.append(Input{});
  graph.append(Conv2d{1, 1});
  graph.append(Sigmoid{});
  const std::vector<float> logits = {0, 1e-4f, -1e-4f, 0.3f, -2, 5, -12, 30, -60, 88, -110, 1000, -3e4f};
  const Shape shape{1, 1, static_cast<int>(logits.size()), 1};
  const std::vector<float> targets(logits.size(), 0.25f);
  for (const auto& [name, device] : test_devices()) {
    INFO(name);
    const auto state = device->make_state(graph, shape);
    state->write(std::vector<float>{1, 0}, {}, 0);
    const auto program = device->compile(graph, {.shape = shape, .mode = Mode::train});
    std::vector<float> d_in(logits.size()), out(logits.size());
    const double loss = program->gradient(*state, logits, targets, {}, d_in);
    program->predict(*state, logits, out);
    double expected = 0;
    for (std::size_t i = 0; i < logits.size(); ++i) {
      const double z = static_cast<double>(logits[i]), e = std::exp(-std::abs(z));
      const double sigmoid = z < 0 ? e / (1 + e) : 1 / (1 + e);
      expected += std::max(z, 0.0) - z * 0.25 + std::log1p(e);
      CAPTURE(z);
      CHECK(out[i] == Approx(sigmoid).epsilon(1e-6).margin(1e-37));
      CHECK(d_in[i] * static_cast<float>(logits.size()) == Approx(sigmoid - 0.25).epsilon(1e-6));
    }
    CHECK(loss == Approx(expected / static_cast<double>(logits.size())).epsilon(1e-6));
  }
}

TEST_CASE("a prediction does not depend on the other images", "[device][program]") {
  const Graph graph = small_graph();
  const std::size_t size = image_shape.sample_size();
  std::vector<float> in(50 * size);
  for (std::size_t i = 0; i < in.size(); ++i) in[i] = 0.5f + 0.5f * std::sin(static_cast<float>(i));
  for (const auto& [name, device] : test_devices()) {
    INFO(name);
    const auto state = device->make_state(graph, image_shape);
    state->write(some_weights(graph, image_shape), {}, 0);
    const auto program = device->compile(graph, {.shape = image_shape.with_batch(8)});
    std::vector<float> all(in.size()), one(size);
    program->predict(*state, in, all);
    for (const std::size_t i : {std::size_t{0}, std::size_t{17}, std::size_t{49}}) {
      program->predict(*state, std::span(in).subspan(i * size, size), one);
      CHECK(std::equal(one.begin(), one.end(), all.begin() + static_cast<std::ptrdiff_t>(i * size)));
    }
    program->predict(*state, {}, {});
  }
}
