#include <cmath>

#include "tests/support/catch.hpp"
#include "tests/support/devices.hpp"
#include "tests/support/graphs.hpp"
#include "tests/support/small_images.hpp"

using namespace dae;
using test::SmallImages;

namespace {

const Shape image_shape{1, 5, 4, 2};

Graph graph() { return fixture::chain(Conv2d{3}, ReLU{}, Conv2d{2}); }

struct Weights {
  std::vector<double> w, m, v, average;
};

/// The formulas of dae/optimizer.hpp in double.
void step(Weights& all, const Update& update, std::uint64_t t, const std::vector<float>& gradient) {
  double norm = 0;
  for (const float g : gradient) norm += double{g} * double{g};
  norm = std::sqrt(norm);
  const double scale = update.clip_norm > 0 && norm > double{update.clip_norm} ? double{update.clip_norm} / norm : 1;
  for (std::size_t i = 0; i < all.w.size(); ++i) {
    const double g = double{gradient[i]} * scale;
    if (const auto* sgd = std::get_if<Sgd>(&update.optimizer)) {
      all.m[i] = double{sgd->momentum} * all.m[i] + g;
      all.w[i] -= double{sgd->rate} * all.m[i];
    } else {
      Adam adam;
      if (const auto* plain = std::get_if<Adam>(&update.optimizer)) adam = *plain;
      if (const auto* decayed = std::get_if<AdamW>(&update.optimizer)) {
        adam.rate = decayed->rate;
        all.w[i] -= double{decayed->rate} * double{decayed->decay} * all.w[i];
      }
      const double b1 = double{adam.beta1}, b2 = double{adam.beta2};
      all.m[i] = b1 * all.m[i] + (1 - b1) * g;
      all.v[i] = b2 * all.v[i] + (1 - b2) * g * g;
      all.w[i] -= double{step_size(adam, t)} * all.m[i] / (std::sqrt(all.v[i]) + double{adam.epsilon});
    }
    if (update.average_decay > 0) all.average[i] += (1 - double{update.average_decay}) * (all.w[i] - all.average[i]);
  }
}

Update with(Optimizer optimizer, float clip_norm, float average_decay) {
  Update update(optimizer);
  update.clip_norm = clip_norm;
  update.average_decay = average_decay;
  return update;
}

}  // namespace

TEST_CASE("optimizers, clipping and averaging follow their formulas", "[device][optimizer]") {
  // At the rates at hand, ten steps move weights by about a tenth; the gradient's norm here is about 1.
  const Update update = GENERATE(with(Adam{.rate = 0.01f}, 0, 0), with(AdamW{.rate = 0.01f, .decay = 0.5f}, 0, 0.5f),
                                 with(Sgd{.rate = 0.02f, .momentum = 0.8f}, 0, 0), with(Sgd{.rate = 0.1f}, 0.05f, 0.9f),
                                 with(Adam{.rate = 0.01f}, 0.01f, 0.7f), with(Sgd{.rate = 0.1f}, 1e6f, 0));
  const SmallImages images(16, image_shape);
  const auto size = parameter_count(parameters(graph(), image_shape));
  std::vector<float> start(size);
  for (std::size_t i = 0; i < size; ++i) start[i] = 0.3f * std::sin(static_cast<float>(i) * 1.7f);
  for (const auto& [name, device] : test::test_devices()) {
    INFO(name);
    const Spec spec{.shape = image_shape.with_batch(16), .mode = Mode::train, .loss = Mse{}, .noise = {}};
    const auto program = device->compile(graph(), spec);
    const auto state = device->make_state(graph(), image_shape), at = device->make_state(graph(), image_shape);
    const auto store = images.store(*device);
    state->write(start, {}, 0);
    Weights wanted{{start.begin(), start.end()}, std::vector<double>(size), std::vector<double>(size), {}};
    wanted.average = wanted.w;
    std::vector<float> clean;
    for (std::uint32_t i = 0; i < 16; ++i)
      for (const std::uint8_t p : images.pixels[i]) clean.push_back(static_cast<float>(p) / 255);
    std::vector<float> gradient(size);
    for (std::uint64_t t = 1; t <= 10; ++t) {
      at->write(std::vector<float>(wanted.w.begin(), wanted.w.end()), {}, 0);
      program->gradient(*at, clean, clean, gradient, {});
      step(wanted, update, t, gradient);
      program->load(*store, images.samples());
      CHECK(program->train(*state, update) == 16);
    }
    std::vector<float> weights(size), moments(2 * size), average(size);
    state->read(weights, moments);
    state->read_average(average);
    // Float weights of up to 1 after ten steps whose gradients differ in the sixth digit.
    for (std::size_t i = 0; i < size; ++i) {
      CHECK(std::abs(double{weights[i]} - wanted.w[i]) <= 2e-5);
      CHECK(std::abs(double{moments[i]} - wanted.m[i]) <= 2e-5 * (1 + std::abs(wanted.m[i])));
      CHECK(std::abs(double{moments[size + i]} - wanted.v[i]) <= 2e-5);
      CHECK(std::abs(double{average[i]} - wanted.average[i]) <= 2e-5);
    }
  }
}
