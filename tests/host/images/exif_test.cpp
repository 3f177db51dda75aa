#include "host/images/exif.hpp"

#include "host/images/codec.hpp"
#include "host/images/formats.hpp"
#include "tests/support/catch.hpp"

using dae::exif_of_tiff;
using dae::with_exif;
using namespace std::string_literals;

namespace {

/// EXIF as a camera writes it, the highest byte first: orientation 6, a maker, and a directory with exposure time, a
/// maker's note, and a directory in that.
std::string camera() {
  std::string exif("MM\0*\0\0\0\x08", 8);
  exif += "\0\3"s;                            // at 8: three entries
  exif += "\x01\x0F\0\2\0\0\0\6\0\0\0\x32"s;  // Make, text, at 50
  exif += "\x01\x12\0\3\0\0\0\1\0\6\0\0"s;    // Orientation
  exif += "\x87\x69\0\4\0\0\0\1\0\0\0\x38"s;  // the EXIF directory, at 56
  exif += "\0\0\0\0"s;
  exif += "Acme!\0"s;                         // at 50
  exif += "\0\3"s;                            // at 56: three entries
  exif += "\x82\x9A\0\5\0\0\0\1\0\0\0\x62"s;  // ExposureTime, a fraction, at 98
  exif += "\x92\x7C\0\7\0\0\0\5\0\0\0\x6A"s;  // MakerNote, five bytes, at 106
  exif += "\xA0\x05\0\4\0\0\0\1\0\0\0\x70"s;  // interoperability, at 112
  exif += "\0\0\0\0"s;
  exif += "\0\0\0\1\0\0\1\x2C"s;                 // at 98: 1/300
  exif += "note!\0"s;                            // at 106
  exif += "\0\1\0\1\0\2\0\0\0\4R98\0\0\0\0\0"s;  // at 112
  return exif;
}

}  // namespace

TEST_CASE("EXIF goes through a TIFF file with its directories", "[images]") {
  dae::Picture picture{{1, 30, 40, 3}, std::vector<std::uint8_t>(3600, 77)};
  picture.metadata.exif = camera();
  picture.metadata.icc = std::string(2000, 'p');
  const std::string file = dae::encode_tiff(picture);
  const dae::Picture back = dae::decode_tiff(file, "'f'");
  CHECK(back.pixels == picture.pixels);
  CHECK(back.metadata.icc == picture.metadata.icc);
  CHECK(dae::orientation_of(back.metadata) == 6);
  const std::string& exif = back.metadata.exif;
  for (const std::string& value :
       {"Acme!\0"s, "\1\0\0\0\x2C\1\0\0"s, "note!"s, "R98\0"s, "\x12\1\3\0\1\0\0\0\6\0\0\0"s})
    CHECK(exif.find(value) != std::string::npos);
  // Once it is in our order of bytes it stays the same, through any number of files.
  CHECK(dae::decode_tiff(dae::encode_tiff(back), "'f'").metadata.exif == exif);
}

TEST_CASE("a file that says nothing has no EXIF", "[images]") {
  CHECK(exif_of_tiff(dae::encode_tiff({{1, 2, 2, 1}, std::vector<std::uint8_t>(4)})).empty());
  CHECK(exif_of_tiff("").empty());
  CHECK(exif_of_tiff("II+\0\0\0\0\0\0\0").empty());
  CHECK(with_exif("no TIFF", camera()) == "no TIFF");
}

TEST_CASE("damaged EXIF is read as far as it goes", "[images]") {
  const std::string whole = camera();
  for (std::size_t size = 0; size < whole.size(); ++size) CHECK_NOTHROW(exif_of_tiff(whole.substr(0, size)));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string bad = whole;
    bad[i] = static_cast<char>(~bad[i]);
    CHECK_NOTHROW(exif_of_tiff(bad));
  }
  // A directory that is its own directory, and entries that all claim the same many bytes.
  std::string round = whole;
  round.replace(42, 4, "\0\0\0\x08"s);
  CHECK_NOTHROW(exif_of_tiff(round));
  std::string greedy("II*\0\x08\0\0\0\xFF\xFF", 10);
  for (int i = 0; i < 65535; ++i) greedy += "\x0E\1\2\0\0\0\x08\0\0\0\0\0"s;
  greedy.resize(greedy.size() + (1 << 19));
  CHECK(exif_of_tiff(greedy).size() < (std::size_t{2} << 20));
}
