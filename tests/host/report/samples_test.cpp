#include "host/report/samples.hpp"

#include "dae/error.hpp"
#include "tests/support/catch.hpp"

using namespace dae;

namespace {

std::uint8_t at(const Picture& picture, int y, int x, int c = 0) {
  const Shape& s = picture.shape;
  REQUIRE((y < s.h && x < s.w && c < s.c));
  return std::get<std::vector<std::uint8_t>>(picture.pixels)[static_cast<std::size_t>((y * s.w + x) * s.c + c)];
}

}  // namespace

TEST_CASE("digits are enlarged four times and set in rows and columns", "[samples]") {
  const Shape shape{1, 28, 28, 1};
  std::vector<float> black(2 * shape.sample_size()), half(2 * shape.sample_size(), 0.5f);
  half[shape.sample_size() + 27] = 2;  // upper right pixel of the second image, beyond the range
  const std::vector<std::vector<float>> rows = {black, half};
  const Picture picture = sample_grid(rows, shape);
  CHECK(picture.shape == Shape{1, 2 * 120 + 8, 2 * 120 + 8, 1});
  CHECK(at(picture, 0, 0) == 255);  // gap
  CHECK(at(picture, 8, 8) == 0);
  CHECK(at(picture, 119, 119) == 0);
  CHECK(at(picture, 120, 119) == 255);
  CHECK(at(picture, 128, 8) == 128);
  CHECK(at(picture, 128, 128 + 107) == 128);
  CHECK(at(picture, 128, 128 + 108) == 255);  // that pixel, clipped, 4 x 4
  CHECK(at(picture, 131, 128 + 111) == 255);
  CHECK(at(picture, 132, 128 + 111) == 128);
}

TEST_CASE("three channels make a colour picture, two show the first", "[samples]") {
  const std::vector<std::vector<float>> colour = {{0.0f, 0.2f, 1.0f}};
  const Picture picture = sample_grid(colour, {1, 1, 1, 3});
  CHECK(picture.shape == Shape{1, 112 + 16, 112 + 16, 3});
  CHECK((at(picture, 8, 8, 0) == 0 && at(picture, 8, 8, 1) == 51 && at(picture, 8, 8, 2) == 255));
  const std::vector<std::vector<float>> two = {{0.2f, 1.0f}};
  CHECK(sample_grid(two, {1, 1, 1, 2}).shape.c == 1);
  CHECK(at(sample_grid(two, {1, 1, 1, 2}), 8, 8) == 51);
}

TEST_CASE("rows must be there, of one length, in whole images", "[samples]") {
  const Shape shape{1, 2, 2, 1};
  const std::vector<std::vector<float>> none, empty(1), ragged = {std::vector<float>(8), std::vector<float>(4)},
                                                        broken = {std::vector<float>(6)};
  CHECK_THROWS_AS(sample_grid(none, shape), UsageError);
  CHECK_THROWS_AS(sample_grid(empty, shape), UsageError);
  CHECK_THROWS_AS(sample_grid(ragged, shape), UsageError);
  CHECK_THROWS_AS(sample_grid(broken, shape), UsageError);
}
