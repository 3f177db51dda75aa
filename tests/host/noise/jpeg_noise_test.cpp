#include "host/noise/jpeg_noise.hpp"

#include <set>

#include "host/images/formats.hpp"
#include "host/noise/noise.hpp"
#include "tests/support/catch.hpp"

using namespace dae;

namespace {

/// Smooth parts, edges and texture, to the ends of the range.
Picture scene(const Shape& shape) {
  Picture picture{shape, std::vector<std::uint8_t>()};
  for (int y = 0; y < shape.h; ++y)
    for (int x = 0; x < shape.w; ++x)
      for (int c = 0; c < shape.c; ++c) {
        const int value = (x + y) % 40 < 20 ? 5 * x + 3 * y * (c + 1) : 255 - ((x * x + 7 * y + 50 * c) % 97);
        std::get<0>(picture.pixels).push_back(static_cast<std::uint8_t>(std::clamp(value, 0, 255)));
      }
  return picture;
}

std::vector<float> unit(const Picture& picture) {
  std::vector<float> values;
  for (const std::uint8_t p : std::get<0>(picture.pixels)) values.push_back(static_cast<float>(p) / 255);
  return values;
}

}  // namespace

TEST_CASE("jpeg noise is bit for bit what libjpeg makes of the image", "[noise]") {
  // Sizes that are and are not multiples of 8, and below 8.
  for (const Shape& shape : {Shape{1, 64, 48, 1}, Shape{1, 61, 35, 3}, Shape{1, 5, 9, 3}, Shape{1, 1, 1, 1}})
    for (const int quality : {1, 3, 10, 25, 40, 49, 50, 75, 90, 100}) {
      CAPTURE(to_string(shape), quality);
      const Picture clean = scene(shape);
      std::vector<float> compressed = unit(clean);
      compress_as_jpeg(compressed, shape, quality);
      // Its default transform is the same integer arithmetic in C and in SIMD, so there is nothing to tolerate.
      CHECK(compressed == unit(decode_jpeg(encode_jpeg(clean, quality), "test", picture_limit)));
    }
}

TEST_CASE("jpeg noise clips and rounds what it is given", "[noise]") {
  std::vector<float> values = {-3, 0, 0.1234f, 1, 7, std::numeric_limits<float>::quiet_NaN()};
  compress_as_jpeg(values, {1, 1, 1, 6}, 100);  // six channels of one pixel: each is a flat block, which survives
  CHECK(values == std::vector<float>{0, 0, 31.0f / 255, 1, 1, 0});
}

TEST_CASE("a range of qualities is drawn for each sample, evenly, its ends included", "[noise]") {
  std::multiset<int> drawn;
  for (std::uint32_t id = 0; id < 3000; ++id) drawn.insert(jpeg_quality({10, 12}, 5, RngStream::train, 1, id));
  // A third of 3,000 each; five standard deviations are 130.
  for (const int quality : {10, 11, 12}) CHECK(std::abs(static_cast<int>(drawn.count(quality)) - 1000) < 130);
  CHECK(drawn.size() == 3000);
  CHECK(jpeg_quality({40}, 5, RngStream::train, 1, 1) == 40);
}

TEST_CASE("jpeg noise comes in its place among the parts of a recipe", "[noise]") {
  const Shape shape{1, 20, 20, 1};
  const std::vector<float> clean = unit(scene(shape));
  const Gaussian gaussian{0.05f};
  const auto noisy = [&](std::vector<NoisePart> parts) {
    std::vector<float> values = clean;
    add_noise(values, shape, {std::move(parts), false, 3}, RngStream::train, 1, 2);
    return values;
  };
  std::vector<float> wanted = noisy({gaussian});
  compress_as_jpeg(wanted, shape, 40);
  CHECK(noisy({gaussian, Jpeg{40}}) == wanted);
  CHECK(noisy({Jpeg{40}, gaussian}) != wanted);
}
