#include "host/images/tiff.hpp"

#include "dae/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/tiff_bytes.hpp"

using dae::decode_tiff;
using dae::Picture;

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr int grey = 1, rgb = 2;
constexpr int subfile = 254, extra_samples = 338;

}  // namespace

TEST_CASE("a TIFF file of several pictures is refused, one with small copies of its picture is not", "[images]") {
  const auto page = [](const TiffTags& more) { return tiff_tags(2, 1, grey, 1, more); };
  const auto read = [&](const std::vector<TiffTags>& more) {
    std::vector<TiffTags> directories;
    for (const TiffTags& each : more) directories.push_back(page(each));
    return decode_tiff(tiff_file(directories, "\x10\x20"), "'f'");
  };
  const Bytes pixels = {0x10, 0x20};
  CHECK(std::get<0>(read({{}}).pixels) == pixels);
  CHECK(std::get<0>(read({{}, {{subfile, 1}}, {{subfile, 4}}}).pixels) == pixels);
  CHECK_THROWS_WITH(read({{}, {}}), ContainsSubstring("'f' holds several pictures"));
  CHECK_THROWS_WITH(read({{{subfile, 2}}, {{subfile, 1}}, {{subfile, 2}}}), ContainsSubstring("several pictures"));
}

TEST_CASE("colours that were multiplied by their transparency are divided by it", "[images]") {
  const auto read = [](int photometric, int samples, int alpha, const std::string& pixels) {
    const int width = static_cast<int>(pixels.size()) / samples;
    return std::get<0>(
        decode_tiff(tiff_file({tiff_tags(width, 1, photometric, samples, {{extra_samples, alpha}})}, pixels), "'f'")
            .pixels);
  };
  const std::string grey_alpha("\x20\x40\x30\x20\0\0\x11\xFF", 8);
  CHECK(read(grey, 2, 2, grey_alpha) == Bytes{0x20, 0x40, 0x30, 0x20, 0, 0, 0x11, 0xFF});
  // 0x20 of 0x40 is half; more than there can be is all; nothing stays nothing.
  CHECK(read(grey, 2, 1, grey_alpha) == Bytes{0x80, 0x40, 0xFF, 0x20, 0, 0, 0x11, 0xFF});
  CHECK(read(rgb, 4, 1, "\x10\x20\x40\x80") == Bytes{0x20, 0x40, 0x80, 0x80});
}
