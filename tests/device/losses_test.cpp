#include <algorithm>
#include <cmath>

#include "dae/error.hpp"
#include "host/graph/loss.hpp"
#include "host/graph/ssim.hpp"
#include "host/text/kinds.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/devices.hpp"
#include "tests/support/graphs.hpp"

using namespace dae;

namespace {

/// The loss of images and targets, and its gradient, stand alone: a network that does nothing to its input, but for the
/// Sigmoid that belongs to Bce.
Graph graph_for(const Loss& loss) {
  return std::holds_alternative<Bce>(loss) ? fixture::chain(Sigmoid{}) : fixture::chain(Upsample2d{1});
}

std::vector<float> pixels(const Shape& shape, float phase) {
  std::vector<float> values(shape.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = 0.5f + 0.4f * std::sin(phase + 0.37f * static_cast<float>(i) + 0.003f * static_cast<float>(i * i % 97));
  return values;
}

/// The definition of one element's loss, in double.
double term(const Bce&, double z, double t) { return std::max(z, 0.0) - z * t + std::log1p(std::exp(-std::abs(z))); }
double term(const Mse&, double y, double t) { return (y - t) * (y - t); }
double term(const L1&, double y, double t) { return std::abs(y - t); }
double term(const Charbonnier& loss, double y, double t) { return std::hypot(y - t, double{loss.epsilon}); }
double term(const Dot&, double y, double t) { return y * t; }

/// Mean over samples of the sum of all terms, divided by what a loss is the mean of.
template <class Each>
double defined(const Each& loss, std::span<const float> out, std::span<const float> target, const Shape& shape) {
  double sum = 0;
  if constexpr (std::is_same_v<Each, Ssim>) {
    const std::size_t size = shape.sample_size();
    for (std::size_t n = 0; n < static_cast<std::size_t>(shape.n); ++n)
      sum += 1 - ssim(out.subspan(n * size, size), target.subspan(n * size, size), shape);
    return sum / shape.n;
  } else {
    for (std::size_t i = 0; i < out.size(); ++i) sum += term(loss, double{out[i]}, double{target[i]});
    return sum / static_cast<double>(loss_terms(loss, shape)) / shape.n;
  }
}

double defined(const Loss& loss, std::span<const float> out, std::span<const float> target, const Shape& shape) {
  return std::visit([&](const auto& each) { return defined(each, out, target, shape); }, loss);
}

}  // namespace

TEST_CASE("losses and their gradients agree with the definition", "[device][loss]") {
  // 20 samples do not fill the last block; 9x7 has a window of 7, 16x13 one of 11.
  const Shape shape = GENERATE(Shape{20, 9, 7, 1}, Shape{3, 16, 13, 2}, Shape{2, 3, 4, 3});
  const auto out = pixels(shape, 0), target = pixels(shape, 1);
  for (const std::string_view kind : Kinds<Loss>::names) {
    const Loss loss = *Kinds<Loss>::named(kind);
    const Graph graph = graph_for(loss);
    const double wanted = defined(loss, out, target, shape);
    for (const auto& [name, device] : test::test_devices()) {
      INFO(loss_name(loss) << " of " << to_string(shape) << ": " << name);
      const auto program = device->compile(graph, {.shape = shape, .mode = Mode::train, .loss = loss, .noise = {}});
      const auto state = device->make_state(graph, shape);
      std::vector<float> grad(out.size());
      // Sums of a few hundred terms near 1 in float; SSIM divides by squares of about 0.1.
      CHECK(program->gradient(*state, out, target, {}, grad) == Approx(wanted).epsilon(1e-5));
      double norm = 0;
      for (const float s : grad) norm += double{s} * double{s};
      for (std::size_t i = 0; i < out.size(); i += 1 + out.size() / 40) {
        constexpr float step = 1e-3f;
        auto up = out, down = out;
        up[i] += step;
        down[i] -= step;
        if ((up[i] - target[i]) * (down[i] - target[i]) <= 0) continue;  // L1's kink lies between
        const double difference =
            (defined(loss, up, target, shape) - defined(loss, down, target, shape)) / (double{up[i]} - double{down[i]});
        // The central difference is off by its third derivative times 1e-6, SSIM's being the largest.
        if (!(std::abs(double{grad[i]} - difference) <= 2e-3 * std::sqrt(norm / static_cast<double>(out.size()))))
          FAIL_CHECK("pixel " << i << ": " << grad[i] << " not " << difference);
      }
    }
  }
}

TEST_CASE("losses have names and belong to graphs", "[loss]") {
  for (const auto name : loss_names()) CHECK(loss_name(loss_named(name)) == name);
  CHECK_THROWS_AS(loss_named("l2"), UsageError);
  CHECK(std::holds_alternative<Bce>(usual_loss(preset("conv-dae-32"))));
  CHECK(std::holds_alternative<Mse>(usual_loss(preset("dncnn"))));
  CHECK(loss_terms(Ssim{}, {4, 16, 13, 2}) == 6 * 3 * 2);
  CHECK(loss_terms(L1{}, {4, 16, 13, 2}) == 16 * 13 * 2);
}
