#include <algorithm>
#include <vector>

#include "host/evaluation/metrics.hpp"
#include "host/graph/ssim.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fixture.hpp"

using namespace dae;

namespace {

/// The pair of tools/reference/image_metrics.py: a smooth picture, and the same with hashed noise, clipped.
struct Pair {
  std::vector<float> clean, noisy;

  Pair(std::uint32_t index, const Shape& shape) {
    for (int y = 0; y < shape.h; ++y)
      for (int x = 0; x < shape.w; ++x) {
        clean.push_back(static_cast<float>((y * x) % 97 / 96.0));
        const double noise = fixture::hashed(index, fixture::input, noisy.size()) - 0.5;
        noisy.push_back(
            static_cast<float>(std::clamp(static_cast<double>(clean.back()) + 0.25 * (index + 1) * noise, 0.0, 1.0)));
      }
  }
};

}  // namespace

TEST_CASE("MSE, PSNR and SSIM equal scikit-image's", "[metrics]") {
  const auto file = fixture::read("image_metrics.json");
  std::uint32_t index = 0;
  for (const auto& wanted : file.at("pairs")) {
    const Shape shape{1, wanted.at("height"), wanted.at("width"), 1};
    CAPTURE(to_string(shape));
    const Pair pair(index++, shape);
    const double mse = mean_squared_error(pair.noisy, pair.clean);
    // Both sum in double; 1e-9 leaves room for another order of summation, also in SSIM's small variances.
    CHECK(mse == Approx(wanted.at("mse").get<double>()).epsilon(1e-9));
    CHECK(psnr_of(mse) == Approx(wanted.at("psnr").get<double>()).epsilon(1e-9));
    CHECK(ssim(pair.noisy, pair.clean, shape) == Approx(wanted.at("ssim").get<double>()).epsilon(1e-9));
  }
}
