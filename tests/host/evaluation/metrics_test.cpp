#include "host/evaluation/metrics.hpp"

#include <cmath>

#include "host/evaluation/evaluation.hpp"
#include "host/images/picture.hpp"
#include "tests/support/catch.hpp"

using namespace dae;

TEST_CASE("pixels are scaled to 0..1 by their type", "[metrics]") {
  const std::vector<std::uint8_t> bytes = {0, 51, 255};
  const std::vector<std::uint16_t> words = {0, 13107, 65535};
  const std::vector<float> floats = {-1, 0.2f, 3};
  const Shape shape{1, 1, 3, 1};
  CHECK(unit_pixels({shape, std::span(bytes)}) == std::vector<float>{0, 0.2f, 1});
  CHECK(unit_pixels({shape, std::span(words)}) == std::vector<float>{0, 0.2f, 1});
  CHECK(unit_pixels({shape, std::span(floats)}) == floats);
}

TEST_CASE("PSNR is that of a peak of 1 and has an upper end", "[metrics]") {
  CHECK(psnr_of(0.25) == Approx(6.0206).epsilon(1e-5));
  CHECK(psnr_of(1) == 0);
  CHECK(psnr_of(0) == 100);
}

TEST_CASE("binary cross-entropy of a few pixels by hand", "[metrics]") {
  const std::vector<float> prediction = {0.25f, 0.5f, 1.0f, 0.0f}, target = {0.0f, 0.5f, 1.0f, 1.0f};
  // -log 0.75, log 2, nearly 0, and -log 1e-7 for the one that is wrong with certainty.
  const double expected = (-std::log(0.75) + std::log(2.0) + 1e-7 - std::log(1e-7)) / 4;
  CHECK(binary_cross_entropy(prediction, target) == Approx(expected).epsilon(1e-9));
}

TEST_CASE("MNIST's test images: floor of the loss and PSNR of the noisy input", "[metrics]") {
  const ImageSet images = read_idx(find_images(DAE_DATA "/mnist", Split::test));
  REQUIRE(images.shape == Shape{10000, 28, 28, 1});
  CHECK(bce_floor(images) == Approx(0.05808).margin(5e-6));  // all digits of the known value
  const NoiseRecipe noise{{Gaussian{0.5f}}, true, 1};
  // The PSNR of the mean error is 9.37 dB with anyone's noise: 7.84 million draws leave less than 0.005 to chance.
  double sum = 0;
  for (std::uint32_t i = 0; i < 10000; ++i) {
    sum += mean_squared_error(noisy_image(images, i, noise), unit_pixels(images.image(i)));
  }
  CHECK(psnr_of(sum / 10000) == Approx(9.37).margin(0.005));
  CHECK(noisy_psnr(images, noise) == Approx(9.383).margin(0.005));
}

TEST_CASE("the floor is the binary cross-entropy of the images themselves", "[metrics]") {
  ImageSet images{{2, 16, 16, 1}, {}};
  for (std::size_t i = 0; i < images.shape.size(); ++i) images.pixels.push_back(static_cast<std::uint8_t>(i));
  QualityMeter meter;
  for (std::size_t i = 0; i < 2; ++i) {
    const std::vector<float> pixels = unit_pixels(images.image(i));
    meter.add(pixels, pixels, images.shape);
  }
  // Black and white pixels cost up to 1e-7 each, since predictions are kept that far from 0 and 1.
  CHECK(meter.mean().bce == Approx(bce_floor(images)).margin(1e-7));
  CHECK(meter.mean().psnr == 100);
  CHECK(meter.mean().ssim == Approx(1));
}

TEST_CASE("the mean PSNR and the PSNR of the mean error are two figures", "[metrics]") {
  const Shape shape{1, 1, 2, 1};
  const std::vector<float> clean = {0, 0}, near = {0.1f, 0.1f}, far = {1, 1};
  QualityMeter meter;
  CHECK(meter.mean().mse == 0);
  meter.add(near, clean, shape);
  meter.add(far, clean, shape);
  CHECK(meter.mean().mse == Approx(0.505));
  CHECK(meter.mean().psnr == Approx(10));
  CHECK(meter.mean().psnr_of_mean_mse == Approx(-10 * std::log10(0.505)));
}
