// Denoise leaves metadata, depth and transparency as they are.
#include "host/images/codec.hpp"
#include "tests/support/all_metadata.hpp"
#include "tests/support/any_size.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"

using namespace dae;

namespace {

Picture denoised(const TempFolder& folder, const Picture& picture, const Codec& codec) {
  const std::string name = "a" + std::string(codec.extensions[0]);
  write_picture(folder / name, codec, picture);
  const Outcome outcome = run_program({"denoise", "--checkpoint", any_size(folder), folder / name, "--out",
                                       folder / "out", "--if-exists", "overwrite"});
  INFO(outcome.err);
  CHECK(outcome.code == 0);
  const ReadPicture read = read_picture(folder / "out" / name);
  CHECK(read.codec == &codec);
  // As the file has it: WebP knows no grey.
  CHECK(read.picture.shape == read_picture(folder / name).picture.shape);
  return read.picture;
}

}  // namespace

TEST_CASE("EXIF, XMP and the colour profile come out as they went in", "[cli][denoise]") {
  const TempFolder folder;
  for (const Codec& codec : codecs()) {
    if (codec.name == "pnm") continue;
    Picture picture = striped(16, 20, 3);
    picture.metadata = all_metadata();
    INFO(codec.name);
    const Metadata before = decode_picture(codec.encode(picture, {}), "'f'").picture.metadata;
    const Metadata after = denoised(folder, picture, codec).metadata;
    CHECK(after == before);
    CHECK(orientation_of(after) == 6);
    CHECK(after.xmp == picture.metadata.xmp);
    CHECK(after.icc == picture.metadata.icc);
  }
}

TEST_CASE("depth and transparency come out as they went in", "[cli][denoise]") {
  const TempFolder folder;
  for (const Codec& codec : codecs()) {
    INFO(codec.name);
    CHECK(denoised(folder, striped(16, 20), codec).pixels.index() == 0);
    if (codec.deep) {
      const Picture deep{{1, 8, 8, 1}, std::vector<std::uint16_t>(64, 30001)};
      // The network leaves nine tenths of every value, here in steps of 1 / 65535.
      CHECK(std::get<1>(denoised(folder, deep, codec).pixels)[9] == 27001);
    }
    if (codec.real) {
      const Picture real{{1, 8, 8, 1}, std::vector<float>(64, -1.5f)};
      CHECK(std::get<2>(denoised(folder, real, codec).pixels)[9] == Approx(-1.35f));
    }
    if (codec.alpha) {
      // WebP of less than full quality changes what is seen, but not how much of it.
      const Picture after = denoised(folder, striped(16, 20, 4), codec);
      for (std::size_t i = 3; i < after.shape.size(); i += 4)
        REQUIRE(std::get<0>(after.pixels)[i] == std::get<0>(striped(16, 20, 4).pixels)[i]);
    }
  }
}
