#include "host/graph/ssim.hpp"

#include <algorithm>
#include <vector>

#include "host/evaluation/metrics.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fixture.hpp"

using namespace dae;

namespace {

/// Two made-up images, the second off by up to 0.3.
std::pair<std::vector<float>, std::vector<float>> made_up(const Shape& shape) {
  std::vector<float> a, b;
  for (int i = 0; i < static_cast<int>(shape.sample_size()); ++i) {
    a.push_back(static_cast<float>(i * 37 % 101 / 100.0));
    b.push_back(static_cast<float>(std::clamp(i * 37 % 101 / 100.0 + (i * 53 % 19 - 9) / 30.0, 0.0, 1.0)));
  }
  return {a, b};
}

}  // namespace

TEST_CASE("MSE, PSNR and SSIM are scikit-image's", "[ssim]") {
  std::uint32_t index = 0;
  const nlohmann::json pairs = fixture::read("image_metrics.json");
  for (const auto& pair : pairs.at("pairs")) {
    const Shape shape{1, pair.at("height"), pair.at("width"), 1};
    std::vector<float> clean, noisy;
    const std::vector<float> hashed = fixture::image(index, fixture::input, shape.sample_size());
    for (std::size_t i = 0; i < hashed.size(); ++i) {
      const int y = static_cast<int>(i) / shape.w, x = static_cast<int>(i) % shape.w;
      clean.push_back(static_cast<float>(y * x % 97 / 96.0));
      const double noise = 0.25 * (index + 1) * (static_cast<double>(hashed[i]) - 0.5);
      noisy.push_back(static_cast<float>(std::clamp(static_cast<double>(clean.back()) + noise, 0.0, 1.0)));
    }
    // Both sides compute in double from the same floats; only the order of the sums differs.
    CHECK(mean_squared_error(noisy, clean) == Approx(pair.at("mse").get<double>()).epsilon(1e-12));
    CHECK(psnr_of(mean_squared_error(noisy, clean)) == Approx(pair.at("psnr").get<double>()).epsilon(1e-12));
    CHECK(ssim(noisy, clean, shape) == Approx(pair.at("ssim").get<double>()).epsilon(1e-10));
    ++index;
  }
  CHECK(index == 3);
}

TEST_CASE("SSIM of colour images is the mean over channels", "[ssim]") {
  const Shape shape{1, 16, 23, 3};
  const auto [a, b] = made_up(shape);
  CHECK(ssim(a, b, shape) == Approx(0.8457014465730929).epsilon(1e-10));  // scikit-image 0.25, channel by channel
}

TEST_CASE("SSIM of images smaller than the window uses the largest odd window that fits", "[ssim]") {
  const Shape shape{1, 8, 9, 1};
  const auto [a, b] = made_up(shape);
  CHECK(ssim(a, b, shape) == Approx(0.873686050945857).epsilon(1e-10));  // NumPy, window of 7
  const std::vector<float> x = {0.5f}, y = {0.25f};
  CHECK(ssim(x, y, {1, 1, 1, 1}) == Approx((2 * 0.5 * 0.25 + 1e-4) / (0.25 + 0.0625 + 1e-4)).epsilon(1e-12));
}

TEST_CASE("an image is perfectly similar to itself", "[ssim]") {
  const Shape shape{1, 28, 28, 1};
  const auto [a, b] = made_up(shape);
  CHECK(ssim(a, a, shape) == Approx(1).epsilon(1e-12));
  CHECK(ssim(a, b, shape) == Approx(0.8439045019578627).epsilon(1e-10));
}
