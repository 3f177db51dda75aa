#include "host/images/formats.hpp"

#include <tiffio.h>

#include <algorithm>
#include <memory>

#include "dae/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/tiff_bytes.hpp"

using dae::decode_tiff;
using dae::Picture;

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr int grey = 1, rgb = 2;
constexpr int subfile = 254, extra_samples = 338;

struct Layout {
  int width, height, channels, bits;
  bool tiled = false, planes = false;
  int photometric = PHOTOMETRIC_RGB;
};

/// A file as libtiff writes it, in tiles of 16 x 16 or strips of 5 rows; `pixels` are interleaved bytes.
std::string written(const Layout& layout, const std::string& pixels, std::vector<std::uint16_t> colours = {}) {
  const TempFolder folder;
  const std::string path = folder / "a.tif";
  const std::unique_ptr<TIFF, decltype(&TIFFClose)> file(TIFFOpen(path.c_str(), "w"), TIFFClose);
  TIFF* const tiff = file.get();
  const int each = layout.planes ? 1 : layout.channels, sample = layout.bits / 8;
  const int across = layout.tiled ? 16 : layout.width, down = layout.tiled ? 16 : 5;
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, layout.width);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, layout.height);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, layout.channels);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, layout.bits);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, layout.photometric);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, layout.planes ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
  if (!colours.empty())
    TIFFSetField(tiff, TIFFTAG_COLORMAP, colours.data(), colours.data() + 256, colours.data() + 512);
  if (layout.tiled) {
    TIFFSetField(tiff, TIFFTAG_TILEWIDTH, across);
    TIFFSetField(tiff, TIFFTAG_TILELENGTH, down);
  } else {
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, down);
  }
  std::uint32_t index = 0;
  for (int plane = 0; plane < layout.channels / each; ++plane)
    for (int y0 = 0; y0 < layout.height; y0 += down)
      for (int x0 = 0; x0 < layout.width; x0 += across, ++index) {
        const int rows = layout.tiled ? down : std::min(down, layout.height - y0);
        std::string block;
        for (int y = y0; y < y0 + rows; ++y)
          for (int x = x0; x < x0 + across; ++x)
            for (int s = plane * each; s < (plane + 1) * each; ++s) {
              const bool inside = y < layout.height && x < layout.width;
              const int at = ((y * layout.width + x) * layout.channels + s) * sample;
              block += inside ? pixels.substr(static_cast<std::size_t>(at), static_cast<std::size_t>(sample))
                              : std::string(static_cast<std::size_t>(sample), '\x55');
            }
        const auto size = static_cast<tmsize_t>(block.size());
        REQUIRE((layout.tiled ? TIFFWriteEncodedTile(tiff, index, block.data(), size)
                              : TIFFWriteEncodedStrip(tiff, index, block.data(), size)) == size);
      }
  TIFFFlush(tiff);
  return slurp(path);
}

std::string complaint(const std::string& file) {
  return complaint_of([&] { decode_tiff(file, "'f'"); }, "'f' ");
}

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

TEST_CASE("tiles, strips and channels apart hold the same picture", "[images]") {
  for (const int bits : {8, 16})
    for (const int channels : {1, 3}) {
      const int width = 37, height = 21;
      std::string pixels;
      for (int i = 0; i < width * height * channels * bits / 8; ++i) pixels += static_cast<char>(i * i * 7 + i / 31);
      for (const bool tiled : {false, true})
        for (const bool planes : {false, true}) {
          if (planes && channels == 1) continue;
          INFO(bits << " bits, " << channels << " channels, tiled " << tiled << ", planes " << planes);
          const int photometric = channels == 1 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB;
          const std::string file = written({width, height, channels, bits, tiled, planes, photometric}, pixels);
          const Picture picture = decode_tiff(file, "'f'");
          REQUIRE(picture.shape == dae::Shape{1, height, width, channels});
          std::visit(
              [&](const auto& values) {
                CHECK(std::string(reinterpret_cast<const char*>(values.data()), pixels.size()) == pixels);
              },
              picture.pixels);
          CHECK(complaint(file.substr(0, file.size() / 2)) != "no error");
        }
    }
}

TEST_CASE("white on 0, palettes and bits become what they show", "[images]") {
  CHECK(
      std::get<0>(decode_tiff(written({2, 1, 1, 8, false, false, PHOTOMETRIC_MINISWHITE}, "\x10\xFF"), "'f'").pixels) ==
      Bytes{0xEF, 0});
  std::vector<std::uint16_t> colours(768);
  colours[1] = 0xFFFF;
  colours[256 + 1] = colours[256 + 2] = 0x8080;
  const std::string index("\1\2", 2);
  const Picture palette = decode_tiff(written({2, 1, 1, 8, false, false, PHOTOMETRIC_PALETTE}, index, colours), "'f'");
  CHECK(palette.shape.c == 3);
  CHECK(std::get<0>(palette.pixels) == Bytes{0xFF, 0x80, 0, 0, 0x80, 0});
}

TEST_CASE("kinds of TIFF that are not read are named", "[images][hostile]") {
  CHECK_THAT(complaint(written({1, 1, 4, 8, false, false, PHOTOMETRIC_SEPARATED}, "abcd")), ContainsSubstring("CMYK"));
  CHECK_THAT(complaint(written({1, 1, 1, 32, false, false, PHOTOMETRIC_MINISBLACK}, "abcd")),
             ContainsSubstring("1 samples of 32 bits"));
  CHECK_THAT(complaint("II*"), ContainsSubstring("damaged TIFF file"));
}
