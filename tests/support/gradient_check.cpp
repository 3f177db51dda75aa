#include "tests/support/gradient_check.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "tests/support/catch.hpp"
#include "tests/support/devices.hpp"
#include "tests/support/naive_network.hpp"

namespace dae::test {
namespace {

std::vector<double> random_numbers(std::size_t count, unsigned seed) {
  std::mt19937 engine(seed);
  std::vector<double> numbers(count);
  // Multiples of 2^-20: a device reads them as the floats that they are.
  for (double& x : numbers) x = std::ldexp(static_cast<double>(engine() >> 11) - 0x1p20, -20);
  return numbers;
}

std::vector<float> floats(const std::vector<double>& values) { return {values.begin(), values.end()}; }

double dot(const auto& a, const auto& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

double norm(const auto& a) { return std::sqrt(dot(a, a)); }

// NoiseMap shows this where no noise is drawn; a float.
constexpr float level = 0.25f;

constexpr std::size_t most_elements = 24;  // of each, whose derivatives are taken one by one

}  // namespace

GradientCheck::GradientCheck(Graph graph, Shape shape) : graph_(std::move(graph)), shape_(shape) {
  const Shape out = infer_shapes(graph_, shape_).back();
  const std::size_t parameter_total = parameter_count(parameters(graph_, shape_));
  in_ = random_numbers(shape_.size(), 1);
  target_ = random_numbers(out.size(), 2);
  weights_ = random_numbers(parameter_total, 3);
  // Glorot's range keeps the values of deep graphs near 1; powers of two keep the weights floats.
  for (const Parameter& p : parameters(graph_, shape_))
    for (std::size_t i = p.offset; i < p.offset + p.size && p.fan_in > 0; ++i)
      weights_[i] *= std::exp2(std::round(std::log2(std::sqrt(6.0 / (p.fan_in + p.fan_out)))));
  in_direction_ = random_numbers(in_.size(), 4);
  weight_direction_ = random_numbers(weights_.size(), 5);
  output_ = naive_output(graph_, {shape_, in_}, weights_, double{level}).values;

  const std::vector<double> no_in(in_.size()), no_weights(weights_.size());
  along_in_ = slope(in_direction_, no_weights);
  along_weights_ = slope(no_in, weight_direction_);
  for (const bool of_input : {true, false}) {
    const std::size_t count = of_input ? in_.size() : weights_.size();
    for (std::size_t k = 0; k < std::min(count, most_elements); ++k) {
      const std::size_t i = k * count / std::min(count, most_elements);
      std::vector<double> in = no_in, weights = no_weights;
      (of_input ? in : weights)[i] = 1;
      derivatives_.push_back({of_input, i, slope(in, weights)});
    }
  }
}

double GradientCheck::loss(std::span<const double> in, std::span<const double> weights) const {
  const Images out = naive_output(graph_, {shape_, {in.begin(), in.end()}}, weights, double{level});
  return dot(out.values, target_) / shape_.n;
}

double GradientCheck::slope(const std::vector<double>& d_in, const std::vector<double>& d_weights) const {
  // In double the central difference is good to 1e-8 with this step, and too short to cross a kink of ReLU or MaxPool
  // but with a chance of about one in a million an element.
  constexpr double step = 1e-6;
  const auto at = [&](double t) {
    std::vector<double> in = in_, weights = weights_;
    for (std::size_t i = 0; i < in.size(); ++i) in[i] += t * d_in[i];
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] += t * d_weights[i];
    return loss(in, weights);
  };
  return (at(step) - at(-step)) / (2 * step);
}

void GradientCheck::run(Device& device) const {
  run(device, shape_.n);
  if (const auto batch = large_batch(); batch && *batch > shape_.n) run(device, *batch);
}

void GradientCheck::run(Device& device, int batch) const {
  const auto state = device.make_state(graph_, shape_);
  if (!weights_.empty()) state->write(floats(weights_), {}, 0);
  const auto program = device.compile(
      graph_, {.shape = shape_.with_batch(batch), .mode = Mode::train, .loss = Dot{}, .noise = {{Gaussian{level}}}});

  // Sums of K terms of size s in float: error about sqrt(K) 6e-8 s. All values here are near 1 and K is at most a few
  // thousand, so 2e-5 of the tensor's norm leaves a factor of about five.
  constexpr double tolerance = 2e-5;
  std::vector<float> out(output_.size());
  program->predict(*state, floats(in_), out);
  const double out_scale = 1 + norm(output_) / std::sqrt(static_cast<double>(output_.size()));
  for (std::size_t i = 0; i < out.size(); ++i) {
    CAPTURE(i, out[i], output_[i]);
    REQUIRE(std::abs(static_cast<double>(out[i]) - output_[i]) <= tolerance * out_scale);
  }

  std::vector<float> d_weights(weights_.size()), d_in(in_.size());
  const double loss_value = program->gradient(*state, floats(in_), floats(target_), d_weights, d_in);
  CHECK(std::abs(loss_value - dot(output_, target_) / shape_.n) <=
        tolerance * (1 + norm(output_) * norm(target_) / shape_.n));
  const double in_norm = norm(d_in), weight_norm = norm(d_weights);
  CHECK(std::abs(dot(d_in, in_direction_) - along_in_) <= tolerance * (1e-3 + in_norm * norm(in_direction_)));
  CHECK(std::abs(dot(d_weights, weight_direction_) - along_weights_) <=
        tolerance * (1e-3 + weight_norm * norm(weight_direction_)));
  for (const Derivative& d : derivatives_) {
    const double got = static_cast<double>(d.of_input ? d_in[d.index] : d_weights[d.index]);
    CAPTURE(d.of_input, d.index, got, d.value);
    REQUIRE(std::abs(got - d.value) <= tolerance * (1e-3 + (d.of_input ? in_norm : weight_norm)));
  }
}

}  // namespace dae::test
