#include "host/denoise/noise_estimate.hpp"

#include <cmath>
#include <random>

#include "tests/support/catch.hpp"

TEST_CASE("the noise of a plane with noise is estimated", "[images]") {
  dae::Picture picture{{1, 200, 200, 1}, std::vector<float>(40000)};
  CHECK(dae::estimated_noise(picture) == 0);
  std::mt19937 random(1);
  std::normal_distribution<float> noise(0.0f, 0.1f);
  auto& pixels = std::get<2>(picture.pixels);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = 0.001f * static_cast<float>(i % 200) + noise(random);
  // The estimate's own deviation is about 1/sqrt(40,000), a few times more as neighbours share terms.
  CHECK(std::abs(dae::estimated_noise(picture) - 0.1) < 0.004);
  CHECK(dae::estimated_noise({{1, 2, 2, 1}, std::vector<std::uint8_t>{0, 255, 0, 255}}) == 0);
}
