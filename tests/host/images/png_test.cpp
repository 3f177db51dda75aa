#include "host/images/formats.hpp"

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <vector>

#include "dae/error.hpp"
#include "tests/support/address_limit.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/png_bytes.hpp"
#include "tests/support/temp_folder.hpp"

using dae::decode_png;
using dae::Picture;
using dae::Shape;

namespace {

using Bytes = std::vector<std::uint8_t>;
using Words = std::vector<std::uint16_t>;

constexpr int grey = 0, rgb = 2, palette = 3, grey_alpha = 4, rgba = 6;

Bytes bytes(const Picture& picture) { return std::get<Bytes>(picture.pixels); }

std::string complaint(const std::string& file, std::size_t limit = dae::picture_limit) {
  return complaint_of([&] { decode_png(file, "'f'", limit); }, "'f' ");
}

/// A 3x2 grey picture.
const std::string tiny = png_file(png_header(3, 2, 8, grey), {"abc", "def"});

}  // namespace

TEST_CASE("pictures of every layout and depth are read as they were written", "[png]") {
  const TempFolder folder;
  for (int channels = 1; channels <= 4; ++channels) {
    Picture picture{{1, 5, 7, channels}, Bytes(static_cast<std::size_t>(35 * channels))};
    unsigned state = 1;
    for (auto& v : std::get<Bytes>(picture.pixels)) v = static_cast<std::uint8_t>((state *= 69069U) >> 24);
    dae::write_png(folder / "8.png", picture);
    const Picture back = dae::read_png(folder / "8.png");
    CHECK(back.shape == picture.shape);
    CHECK(back.pixels == picture.pixels);
    auto& words = picture.pixels.emplace<Words>(static_cast<std::size_t>(35 * channels));
    for (auto& v : words) v = static_cast<std::uint16_t>((state *= 69069U) >> 16);
    dae::write_png(folder / "16.png", picture);
    CHECK(dae::read_png(folder / "16.png").pixels == picture.pixels);
    CHECK(dae::encode_png(picture) == slurp(folder / "16.png"));
  }
  CHECK(folder.names() == std::vector<std::string>{"16.png", "8.png"});
}

TEST_CASE("a picture shows its pixels as an image", "[png]") {
  const Picture picture = decode_png(tiny, "'f'");
  const dae::Image image = picture.image();
  CHECK(image.shape == Shape{1, 2, 3, 1});
  CHECK(std::get<0>(image.pixels)[3] == 'd');
  const Picture deep{{1, 1, 2, 1}, Words{1, 2}};
  CHECK(std::get<1>(deep.image().pixels)[1] == 2);
}

TEST_CASE("bit depths, palettes and transparency are expanded", "[png]") {
  // 1 bit: 1 0 1; 2 bit: 3 0 1; 4 bit: 15 0 5.
  CHECK(bytes(decode_png(png_file(png_header(3, 1, 1, grey), {"\xA0"}), "'f'")) == Bytes{255, 0, 255});
  CHECK(bytes(decode_png(png_file(png_header(3, 1, 2, grey), {"\xC4"}), "'f'")) == Bytes{255, 0, 85});
  CHECK(bytes(decode_png(png_file(png_header(3, 1, 4, grey), {std::string("\xF0\x50", 2)}), "'f'")) ==
        Bytes{255, 0, 85});
  const std::string colours = png_chunk("PLTE", std::string("\x01\x02\x03\xFD\xFE\xFF", 6));
  const std::string index("\x01\x00", 2);
  const Picture plain = decode_png(png_file(png_header(2, 1, 8, palette), {index}, colours), "'f'");
  CHECK(plain.shape == Shape{1, 1, 2, 3});
  CHECK(bytes(plain) == Bytes{0xFD, 0xFE, 0xFF, 1, 2, 3});
  const std::string transparency = png_chunk("tRNS", "\x80");
  const Picture clear = decode_png(png_file(png_header(2, 1, 8, palette), {index}, colours + transparency), "'f'");
  CHECK(bytes(clear) == Bytes{0xFD, 0xFE, 0xFF, 255, 1, 2, 3, 128});
  const Picture key =
      decode_png(png_file(png_header(2, 1, 8, grey), {"ab"}, png_chunk("tRNS", std::string("\0a", 2))), "'f'");
  CHECK(bytes(key) == Bytes{'a', 0, 'b', 255});
}

TEST_CASE("layouts are told apart and 16 bit comes in the machine's order", "[png]") {
  const Picture alpha =
      decode_png(png_file(png_header(1, 1, 16, grey_alpha), {std::string("\x12\x34\xAB\xCD", 4)}), "'f'");
  CHECK(alpha.shape == Shape{1, 1, 1, 2});
  CHECK(std::get<Words>(alpha.pixels) == Words{0x1234, 0xABCD});
  CHECK(decode_png(png_file(png_header(1, 1, 8, rgb), {"abc"}), "'f'").shape.c == 3);
  CHECK(decode_png(png_file(png_header(1, 1, 8, rgba), {"abcd"}), "'f'").shape.c == 4);
}

TEST_CASE("interlaced pictures are put together", "[png]") {
  // The passes of a 3x3 picture abc/def/ghi that have pixels: 1 has a, 4 has c, 5 has gi, 6 has b and h, 7 has def.
  const std::string file = png_file(png_header(3, 3, 8, grey, 1), {"a", "c", "gi", "b", "h", "def"});
  const Picture picture = decode_png(file, "'f'");
  const auto pixels = bytes(picture);
  CHECK(std::string(pixels.begin(), pixels.end()) == "abcdefghi");
}

TEST_CASE("extreme proportions are read", "[png]") {
  CHECK(decode_png(png_file(png_header(65500, 1, 8, grey), {std::string(65500, 'x')}), "'f'").shape.w == 65500);
  CHECK(decode_png(png_file(png_header(1, 1, 8, grey), {"x"}), "'f'").shape == Shape{1, 1, 1, 1});
}

TEST_CASE("what follows the end and unknown chunks do no harm, and warnings are not printed", "[png]") {
  CHECK(complaint(tiny + "trailing") == "no error");
  CHECK(complaint(png_file(png_header(1, 1, 8, grey), {"x"}, png_chunk("gAMA", "") + png_chunk("xyZz", "?"))) ==
        "no error");
}

TEST_CASE("colours, resolution and texts are passed on, wherever they stand", "[png]") {
  const std::string gamma = png_chunk("gAMA", std::string("\0\1\x86\xA0", 4)), intent = png_chunk("sRGB", "\1"),
                    white = png_chunk("cHRM", std::string(32, '\1')), code = png_chunk("cICP", "\1\2\3\4"),
                    size = png_chunk("pHYs", std::string("\0\0\x2E\x23\0\0\x2E\x24\1", 9)),
                    text = png_chunk("tEXt", std::string("Author\0me", 9)),
                    late = png_chunk("tEXt", std::string("Title\0late", 10)),
                    exif = png_chunk("eXIf", std::string("II*\0\x08\0\0\0", 8));
  const std::string file = png_signature() + png_header(3, 2, 8, grey) + gamma + white + intent + code + size + text +
                           png_data({"abc", "def"}) + exif + late + png_chunk("IEND", "");
  const Picture picture = decode_png(file, "'f'");
  CHECK(picture.metadata.exif == std::string_view("II*\0\x08\0\0\0", 8));
  CHECK(picture.metadata.density == dae::Density{0x2E23, 0x2E24});
  const std::string result = dae::encode_png(picture);
  for (const std::string& chunk : {gamma, white, intent, code, size, text, late, exif})
    CHECK(result.find(chunk) != std::string::npos);
  CHECK(decode_png(result, "'f'").metadata == picture.metadata);
}

TEST_CASE("damaged chunks are not passed on, and XMP not twice", "[png]") {
  std::string damaged = png_chunk("tEXt", std::string("Author\0me", 9));
  damaged[10] ^= 1;
  const std::string xmp = png_chunk("iTXt", std::string("XML:com.adobe.xmp\0\0\0\0\0<x/>", 26));
  const Picture picture =
      decode_png(png_file(png_header(3, 2, 8, grey), {"abc", "def"}, damaged + png_chunk("sRGB", "") + xmp), "'f'");
  CHECK(picture.metadata.png.empty());
  CHECK(picture.metadata.xmp == "<x/>");
}

TEST_CASE("every cut and every flipped bit is an error or a picture", "[png][hostile]") {
  for (std::size_t cut = 0; cut < tiny.size(); ++cut) {
    CAPTURE(cut);
    CHECK(complaint(tiny.substr(0, cut)) != "no error");
  }
  for (std::size_t bit = 0; bit < tiny.size() * 8; ++bit) {
    std::string damaged = tiny;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    complaint(damaged);
  }
}

TEST_CASE("damage is named", "[png][hostile]") {
  CHECK_THAT(complaint(""), ContainsSubstring("is empty"));
  CHECK_THAT(complaint("GIF89a and more"), ContainsSubstring("is no PNG file"));
  std::string damaged = tiny;
  damaged[tiny.size() - 14] ^= 1;  // in the checksum of the data
  CHECK_THAT(complaint(damaged), ContainsSubstring("damaged PNG file: IDAT: CRC error"));
  CHECK_THAT(complaint(tiny.substr(0, tiny.size() - 30)), ContainsSubstring("it is truncated"));
  CHECK_THAT(complaint(png_file(png_header(3, 2, 8, grey), {"abc"})), ContainsSubstring("damaged PNG file"));
  CHECK_THAT(complaint(png_file(png_header(3, 2, 7, grey), {"abc"})), ContainsSubstring("damaged PNG file"));
  CHECK_THAT(complaint(png_file(png_header(0, 2, 8, grey), {"abc"})), ContainsSubstring("damaged PNG file"));
  CHECK_THAT(complaint(png_file(png_header(2, 1, 8, palette), {"ab"})), ContainsSubstring("damaged PNG file"));
}

TEST_CASE("a PNG header's claims allocate nothing", "[png][hostile]") {
  CHECK_THAT(complaint(png_file(png_header(0x7FFFFFFF, 0x7FFFFFFF, 16, rgba), {"x"})),
             ContainsSubstring("2147483647 x 2147483647 pixels, more than the limit"));
  CHECK_THAT(complaint(png_file(png_header(1 << 14, 1 << 14, 16, rgba), {"x"})),
             ContainsSubstring("is truncated or damaged: it claims 16384 x 16384 pixels"));
  CHECK_THAT(complaint(png_file(png_header(0x7FFFFFFF, 0x7FFFFFFF, 16, rgba), {"x"}), SIZE_MAX),
             ContainsSubstring("is truncated or damaged"));
}

TEST_CASE("an animation is no picture", "[png]") {
  const std::string control = png_chunk("acTL", std::string("\0\0\0\2\0\0\0\0", 8));
  CHECK_THAT(complaint(png_file(png_header(1, 1, 8, grey), {"x"}, control)), ContainsSubstring("animation"));
}

TEST_CASE("a chunk's claim allocates nothing", "[png][hostile]") {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they reserve more addresses than any limit
  // libpng asks for the memory that a text claims before it misses the text: under the limit it would complain of that.
  std::string text = png_chunk("tEXt", "comment");
  text[0] = 0x39;  // 0.96 GB
  const std::string claiming = png_file(png_header(1, 1, 8, grey), {"a"}, text);
  const AddressLimit limit(std::size_t{256} << 20);
  CHECK_THAT(complaint(claiming), ContainsSubstring("it is truncated"));
#endif
}

TEST_CASE("a limit on the area holds", "[png][hostile]") {
  CHECK(complaint(tiny, 6) == "no error");
  CHECK_THAT(complaint(tiny, 5), ContainsSubstring("has 3 x 2 pixels, more than the limit of 5"));
}

TEST_CASE("what is no PNG file on disk is refused at once", "[png][hostile]") {
  const TempFolder folder;
  REQUIRE_THROWS_WITH(dae::read_png(folder / "none"), ContainsSubstring("No such file"));
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  REQUIRE_THROWS_WITH(dae::read_png(folder / "fifo"), ContainsSubstring("it is a FIFO"));
}

TEST_CASE("pixels that do not fit their shape are not written", "[png]") {
  const Shape shape = GENERATE(Shape{1, 1, 1, 2}, Shape{1, 0, 1, 1}, Shape{1, 1, 1, 5}, Shape{2, 1, 1, 1},
                               Shape{1, 1, 1, 0}, Shape{1, -1, -1, 1});
  REQUIRE_THROWS_AS(dae::encode_png({shape, Bytes(1)}), dae::UsageError);
}
