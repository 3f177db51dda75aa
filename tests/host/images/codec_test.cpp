#include "host/images/codec.hpp"

#include <cstring>

#include "dae/error.hpp"
#include "host/images/formats.hpp"
#include "tests/support/address_limit.hpp"
#include "tests/support/all_metadata.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temp_folder.hpp"

using dae::Codec;
using dae::codec_named;
using dae::codecs;
using dae::decode_picture;
using dae::Metadata;
using dae::Picture;

namespace {

using Bytes = std::vector<std::uint8_t>;
using Words = std::vector<std::uint16_t>;
using Floats = std::vector<float>;

/// A smooth picture, which lossy formats keep well.
template <class Pixels>
Picture picture(int h, int w, int c) {
  Picture result{{1, h, w, c}, {}};
  auto& pixels = result.pixels.emplace<Pixels>(result.shape.size());
  using Pixel = typename Pixels::value_type;
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const double v = 0.2 + 0.5 * static_cast<double>(i) / static_cast<double>(pixels.size());
    pixels[i] = static_cast<Pixel>(std::is_integral_v<Pixel> ? v * static_cast<double>(Pixel(-1)) : v - 0.5);
  }
  return result;
}

std::string complaint(std::string_view bytes, std::size_t limit = dae::picture_limit) {
  return complaint_of([&] { decode_picture(bytes, "'f'", limit); }, "'f' ");
}

}  // namespace

TEST_CASE("lossless formats give back every layout and depth that they hold", "[images]") {
  for (const Codec& codec : codecs()) {
    if (codec.name == "jpeg" || codec.name == "webp") continue;
    for (const int c : {1, 2, 3, 4}) {
      if (c % 2 == 0 && !codec.alpha) continue;
      for (const Picture& original : {picture<Bytes>(5, 7, c), picture<Words>(5, 7, c), picture<Floats>(5, 7, c)}) {
        if (original.pixels.index() == 2 && !codec.real) continue;
        INFO(codec.name << " with " << c << " channels, depth " << original.pixels.index());
        const auto back = decode_picture(codec.encode(original, {}), "'f'");
        CHECK(back.codec == &codec);
        CHECK(back.picture.shape == original.shape);
        CHECK(back.picture.pixels == original.pixels);
      }
    }
  }
}

TEST_CASE("lossy formats come close", "[images]") {
  for (const char* name : {"jpeg", "webp"}) {
    const Codec& codec = codec_named(name);
    const Picture original = picture<Bytes>(32, 40, 3);
    const Picture back = decode_picture(codec.encode(original, {95}), "'f'").picture;
    REQUIRE(back.shape == original.shape);
    int worst = 0;
    for (std::size_t i = 0; i < original.shape.size(); ++i)
      worst = std::max(worst, std::abs(std::get<0>(back.pixels)[i] - std::get<0>(original.pixels)[i]));
    INFO(name);
    // A ramp survives quantization at this quality within a few of 255 levels.
    CHECK(worst <= 8);
  }
  const Picture back = decode_picture(codec_named("webp").encode(picture<Bytes>(9, 9, 4), {100}), "'f'").picture;
  CHECK(back.shape.c == 4);
  CHECK(back.pixels == picture<Bytes>(9, 9, 4).pixels);
}

TEST_CASE("EXIF, XMP and the colour profile pass through", "[images]") {
  for (const Codec& codec : codecs()) {
    if (codec.name == "pnm") continue;
    Picture original = picture<Bytes>(4, 4, 3);
    original.metadata = all_metadata();
    const Picture back = decode_picture(codec.encode(original, {}), "'f'").picture;
    INFO(codec.name);
    CHECK(dae::orientation_of(back.metadata) == 6);
    // A TIFF file has EXIF among its own tags: see exif_test.cpp.
    if (codec.name != "tiff") CHECK(back.metadata.exif == original.metadata.exif);
    CHECK(back.metadata.xmp == original.metadata.xmp);
    CHECK(back.metadata.icc == original.metadata.icc);
  }
}

TEST_CASE("resolution passes from one format to another", "[images]") {
  using dae::Density;
  // 300 and 72 pixels an inch, 100 and 200 a centimetre, pixels twice as high as wide, nothing.
  for (const Density density :
       {Density{11811, 11811}, Density{2835, 2835}, Density{10000, 20000}, Density{2, 1, false}, Density{}}) {
    Picture picture = ::picture<Bytes>(4, 4, 3);
    picture.metadata.density = density;
    for (const char* name : {"png", "jpeg", "tiff", "png"}) {
      INFO(name << " " << density.x << " x " << density.y);
      picture = decode_picture(codec_named(name).encode(picture, {}), "'f'").picture;
      CHECK(picture.metadata.density == density);
    }
  }
}

TEST_CASE("depth follows the format, transparency is never dropped", "[images]") {
  const Picture deep{{1, 1, 3, 1}, Words{0, 257 * 100 + 100, 65535}};
  CHECK(dae::fit_to(codec_named("jpeg"), deep).pixels == Picture{{1, 1, 3, 1}, Bytes{0, 100, 255}}.pixels);
  CHECK(dae::fit_to(codec_named("png"), picture<Floats>(2, 2, 1)).pixels.index() == 1);
  CHECK(dae::fit_to(codec_named("tiff"), picture<Floats>(2, 2, 1)).pixels.index() == 2);
  CHECK_THROWS_AS(dae::fit_to(codec_named("jpeg"), picture<Bytes>(2, 2, 4)), dae::UsageError);
  CHECK_THROWS_AS(codec_named("gif"), dae::UsageError);
}

TEST_CASE("a format refuses what it does not hold", "[images]") {
  for (const Codec& codec : codecs()) {
    INFO(codec.name);
    if (!codec.real) CHECK_THROWS_AS(codec.encode(picture<Floats>(2, 2, 1), {}), dae::UsageError);
    if (!codec.alpha) CHECK_THROWS_AS(codec.encode(picture<Bytes>(2, 2, 4), {}), dae::UsageError);
  }
  for (const char* name : {"jpeg", "webp"})
    CHECK_THROWS_WITH(codec_named(name).encode(picture<Bytes>(1, 65536, 1), {}), ContainsSubstring("pixels a side"));
  Picture wordy = picture<Bytes>(2, 2, 1);
  wordy.metadata.xmp.assign(65536, 'x');
  CHECK_THROWS_WITH(codec_named("jpeg").encode(wordy, {}), ContainsSubstring("64 KiB"));
}

TEST_CASE("truncated files of every format are refused", "[images]") {
  for (const Codec& codec : codecs()) {
    const std::string whole = codec.encode(picture<Bytes>(20, 30, 3), {});
    for (std::size_t size = 0; size + 2 < whole.size(); size += 1 + size / 8) {
      INFO(codec.name << " cut to " << size << " of " << whole.size());
      CHECK(!complaint(std::string_view(whole).substr(0, size)).empty());
    }
  }
  CHECK(complaint("").find("is empty") != std::string::npos);
  CHECK(complaint("GIF89a").find("is no image") != std::string::npos);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they reserve more addresses than any limit
TEST_CASE("what is no image is told before all of it is read", "[images]") {
  const TempFolder folder;
  const auto file = folder.put("zeros.png", "");
  std::filesystem::resize_file(file, (std::uintmax_t{1} << 32) - 1);  // takes no room on the disk
  const AddressLimit limit(std::size_t{64} << 20);
  CHECK_THROWS_WITH(dae::read_picture(file), ContainsSubstring("zeros.png' is no image"));
}
#endif

TEST_CASE("the limit on pixels holds for every format", "[images]") {
  for (const Codec& codec : codecs()) {
    const std::string file = codec.encode(picture<Bytes>(20, 30, 3), {});
    INFO(codec.name);
    CHECK(complaint(file, 599).find("more than the limit of 599") != std::string::npos);
    CHECK_NOTHROW(decode_picture(file, "'f'", 600));
  }
}

TEST_CASE("text and bit maps of PNM are read", "[images]") {
  CHECK(std::get<0>(decode_picture("P2 # grey\n2 1\n15\n0 15\n", "'f'").picture.pixels) == Bytes{0, 255});
  CHECK(std::get<0>(decode_picture("P1\n3 1\n101", "'f'").picture.pixels) == Bytes{0, 255, 0});
  CHECK(std::get<0>(decode_picture("P4\n3 1\n\xA0", "'f'").picture.pixels) == Bytes{0, 255, 0});
  CHECK(std::get<1>(decode_picture("P2 1 1 1023 1023", "'f'").picture.pixels) == Words{65535});
  CHECK(complaint("P2 1 1 15 16").find("larger than its maximum") != std::string::npos);
  CHECK(complaint("P5 1 1 99999 1").find("maximum") != std::string::npos);
  CHECK(complaint("P5 9 9 255\nab").find("truncated") != std::string::npos);
}

TEST_CASE("files are written atomically and read back whatever they are called", "[images]") {
  const TempFolder folder;
  dae::write_picture(folder / "wrong.jpg", codec_named("png"), picture<Words>(3, 3, 1));
  const auto back = dae::read_picture(folder / "wrong.jpg");
  CHECK(back.codec == &codec_named("png"));
  CHECK(back.picture.pixels == picture<Words>(3, 3, 1).pixels);
  CHECK(folder.names() == std::vector<std::string>{"wrong.jpg"});
  CHECK(dae::has_image_name("a/b.TIFF"));
  CHECK_FALSE(dae::has_image_name("a/png"));
}
