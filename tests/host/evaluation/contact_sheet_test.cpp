#include "host/evaluation/contact_sheet.hpp"

#include "dae/error.hpp"
#include "tests/support/catch.hpp"

using namespace dae;

namespace {

Colours flat(int h, int w, int c, float value) {
  const Shape shape{1, h, w, c};
  return {shape, std::vector<float>(shape.size(), value)};
}

}  // namespace

TEST_CASE("a contact sheet shows the middle of large pictures and all of small ones, under labels", "[photos]") {
  ContactSheet sheet({"NOISY", "CLEAN"});
  Colours large = flat(400, 300, 3, 0.0f);
  // Its middle pixel is red.
  const std::size_t middle = (std::size_t{200} * 300 + 150) * 3;
  large.values[middle] = 1;
  Colours small = flat(2, 2, 1, 0.2f);
  small.values[3] = 1;
  sheet.add_row(std::vector{large, small});
  sheet.add_row(std::vector{flat(192, 1, 1, 0.4f), flat(1, 500, 1, 2.0f)});
  CHECK(sheet.rows() == 2);
  const Picture picture = sheet.picture();
  const auto& pixels = std::get<0>(picture.pixels);
  const auto at = [&](int y, int x) {
    const auto place = static_cast<std::size_t>(y * picture.shape.w + x) * 3;
    return std::vector<int>(pixels.begin() + static_cast<std::ptrdiff_t>(place),
                            pixels.begin() + static_cast<std::ptrdiff_t>(place + 3));
  };
  CHECK(picture.shape == Shape{1, 8 + 14 + 8 + 2 * 200, 8 + 2 * 200, 3});
  const int top = 30;
  // The middle of 400 x 300 is the middle of 192 x 192.
  CHECK(at(top + 96, 8 + 96) == std::vector{255, 0, 0});
  CHECK(at(top + 95, 8 + 96) == std::vector{0, 0, 0});
  // 2 x 2 is enlarged 96 times.
  CHECK(at(top + 95, 208 + 191) == std::vector{51, 51, 51});
  CHECK(at(top + 96, 208 + 96) == std::vector{255, 255, 255});
  // One column of 192, paper beside it.
  CHECK(at(top + 200 + 191, 8) == std::vector{102, 102, 102});
  CHECK(at(top + 200 + 191, 9) == std::vector{255, 255, 255});
  // The N's left stroke and the gap beside it.
  CHECK(at(8, 8) == std::vector{40, 40, 40});
  CHECK(at(8, 10) == std::vector{255, 255, 255});
  CHECK_THROWS_AS(sheet.add_row(std::vector{small}), UsageError);
}

TEST_CASE("the difference is grey where pictures agree", "[photos]") {
  Colours picture = flat(1, 3, 1, 0.5f);
  picture.values = {0.5f, 0.6f, 0.4f};
  const Colours difference = difference_of(picture, flat(1, 3, 1, 0.5f), 4);
  CHECK(difference.values[0] == 0.5f);
  CHECK(difference.values[1] == Approx(0.9f));
  CHECK(difference.values[2] == Approx(0.1f));
}

TEST_CASE("quality leaves transparency out and depth aside", "[photos]") {
  const Picture clean{{1, 12, 12, 1}, std::vector<std::uint8_t>(144, 51)};
  Picture deep{{1, 12, 12, 2}, std::vector<std::uint16_t>(288, 13107)};  // both are 0.2
  for (std::size_t i = 1; i < 288; i += 2) std::get<1>(deep.pixels)[i] = 7;
  const PictureQuality same = quality_of(colours_of(deep), colours_of(clean), "'f'");
  CHECK(same.psnr == 100);
  CHECK(same.ssim == Approx(1));
  const Picture off{{1, 12, 12, 1}, std::vector<float>(144, 0.3f)};
  // The difference is 0.1 everywhere: 20 dB.
  CHECK(quality_of(colours_of(off), colours_of(clean), "'f'").psnr == Approx(20).epsilon(1e-6));
  const Picture colour{{1, 12, 12, 3}, std::vector<float>(432, 0.3f)};
  CHECK_THROWS_WITH(quality_of(colours_of(colour), colours_of(clean), "'f'"), ContainsSubstring("'f': is 12x12x3"));
}
