#include "host/noise/noise_text.hpp"

#include <nlohmann/json.hpp>

#include "dae/error.hpp"
#include "host/checkpoint/checkpoint_metadata.hpp"
#include "host/noise/noise.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/devices.hpp"
#include "tests/support/graphs.hpp"
#include "tests/support/small_images.hpp"

using namespace dae;

namespace {

struct Moments {
  double mean = 0, variance = 0, largest = 0, smallest = 1;
};

/// Moments of 40,000 elements that were `level` before.
Moments moments(const NoisePart& part, float level) {
  std::vector<float> pixels(40000, level);
  add_noise(pixels, {1, 200, 200, 1}, {.parts = {part}, .clip = false, .seed = 7}, RngStream::train, 1, 3);
  Moments m;
  for (const float p : pixels) {
    m.mean += double{p} / 40000;
    m.largest = std::max(m.largest, double{p});
    m.smallest = std::min(m.smallest, double{p});
  }
  for (const float p : pixels) m.variance += (double{p} - m.mean) * (double{p} - m.mean) / 40000;
  return m;
}

}  // namespace

TEST_CASE("noise reads and writes as people do", "[noise]") {
  for (const char* text : {"gaussian:0.5", "gaussian:0.1..0.2", "poisson:30", "salt-pepper:0.05", "speckle:0.1",
                           "jpeg:40", "jpeg:10..80", "gaussian:0.05+jpeg:40", "poisson:10+gaussian:0.25+speckle:1"}) {
    const auto parts = parse_noise("--noise", text);
    CHECK(noise_text(parts) == text);
    const NoiseRecipe recipe{.parts = parts, .clip = false, .seed = 2};
    CHECK(noise_from_json(nlohmann::json::parse(noise_to_json(recipe).dump())) == recipe);
  }
  CHECK(parse_noise("--noise", "25/255") == std::vector<NoisePart>{Gaussian{25.0f / 255}});
  CHECK(describe({.parts = parse_noise("--noise", "0.1+poisson:30")}) == "gaussian 0.1 + poisson 30, clipped");
  for (const char* text :
       {"", "half", "0.1+", "gaussian:", "poisson:0", "poisson:-3", "salt-pepper:2", "gaussian:0.2..0.1", "1/0", "nan",
        "jpeg:0", "jpeg:101", "jpeg:40.5", "jpeg:80..10", "speckle", "1001", "gaussian:0..1001", "speckle:1001"}) {
    INFO(text);
    CHECK_THROWS_AS(parse_noise("--noise", text), UsageError);
  }
}

TEST_CASE("each kind of noise has its mean and variance", "[noise]") {
  // Means and variances of 40,000 draws lie within 5 standard deviations, about 5 / 200 of themselves.
  for (const float peak : {5.0f, 200.0f}) {  // by inversion, and by the normal distribution
    const Moments m = moments(Poisson{peak}, 0.6f);
    CHECK(m.mean == Approx(0.6).epsilon(0.02));
    CHECK(m.variance == Approx(0.6 / double{peak}).epsilon(0.04));
    CHECK(m.smallest >= 0);
  }
  CHECK(moments(Poisson{5}, 0).largest == 0);
  CHECK(moments(Poisson{5}, -1).largest == 0);
  const Moments lost = moments(SaltAndPepper{0.2f}, 0.5f);
  CHECK(lost.mean == Approx(0.5).epsilon(0.02));
  CHECK(lost.variance == Approx(0.2 * 0.25).epsilon(0.04));
  CHECK(lost.largest == 1);
  CHECK(lost.smallest == 0);
  const Moments speckle = moments(Speckle{0.1f}, 0.5f);
  CHECK(speckle.mean == Approx(0.5).epsilon(0.01));
  CHECK(speckle.variance == Approx(0.0025).epsilon(0.04));
}

TEST_CASE("a range of sigma is drawn for each sample, evenly", "[noise]") {
  const NoiseRecipe recipe{.parts = {Gaussian{0.1f, 0.3f}}, .clip = false, .seed = 4};
  double sum = 0, low = 1, high = 0;
  for (std::uint32_t id = 0; id < 2000; ++id) {
    const double sigma = double{gaussian_sigma(recipe, RngStream::train, 1, id)};
    sum += sigma;
    low = std::min(low, sigma);
    high = std::max(high, sigma);
  }
  CHECK(sum / 2000 == Approx(0.2).epsilon(0.03));
  CHECK(low >= 0.1);
  CHECK(low < 0.102);
  CHECK(high <= 0.3);
  CHECK(high > 0.298);
  CHECK(gaussian_sigma(recipe, RngStream::train, 1, 5) != gaussian_sigma(recipe, RngStream::train, 2, 5));
  CHECK(noise_level(recipe) == Approx(0.2f));
}

TEST_CASE("every device draws the reference's noise, of any kind", "[cpu][noise]") {
  const Shape shape{1, 7, 5, 2};
  const test::SmallImages images(21, shape);
  for (const char* text : {"gaussian:0.1..0.4", "poisson:20", "salt-pepper:0.3+gaussian:0.1",
                           "gaussian:0.2+speckle:0.5", "jpeg:10..80", "gaussian:0.05+jpeg:40"}) {
    const NoiseRecipe recipe{.parts = parse_noise("--noise", text), .clip = true, .seed = 9};
    double wanted = 0;
    for (std::uint32_t i = 0; i < 21; ++i) {
      std::vector<float> clean, noisy;
      for (const std::uint8_t p : images.pixels[i]) clean.push_back(static_cast<float>(p) / 255);
      noisy = clean;
      const Sample sample = images.samples()[i];
      add_noise(noisy, shape, recipe, sample.rng_stream, sample.epoch, sample.id);
      for (std::size_t k = 0; k < noisy.size(); ++k)
        wanted += (double{noisy[k]} - double{clean[k]}) * (double{noisy[k]} - double{clean[k]}) / double(noisy.size());
    }
    for (const auto& [name, device] : test::test_devices()) {
      INFO(text << ": " << name);
      const Graph nothing = fixture::chain(Upsample2d{1});
      const auto program = device->compile(nothing, {.shape = shape.with_batch(8), .loss = Mse{}, .noise = recipe});
      const auto state = device->make_state(nothing, shape);
      const auto store = images.store(*device);
      program->load(*store, images.samples());
      while (program->evaluate(*state) > 0) {
      }
      // Normals agree to 1e-5, squares of numbers below 1 therefore too.
      CHECK(program->take_metrics().squared_error == Approx(wanted).epsilon(1e-4));
    }
  }
}
