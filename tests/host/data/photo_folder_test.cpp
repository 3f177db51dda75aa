#include "host/data/photo_folder.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "dae/error.hpp"
#include "host/data/device_set.hpp"
#include "host/images/codec.hpp"
#include "host/images/formats.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fake_device.hpp"
#include "tests/support/temp_folder.hpp"

using namespace dae;

namespace {

Picture gradient(int height, int width, int channels) {
  Picture picture{{1, height, width, channels}, std::vector<std::uint8_t>()};
  auto& pixels = std::get<std::vector<std::uint8_t>>(picture.pixels);
  for (std::size_t i = 0; i < picture.shape.sample_size(); ++i) pixels.push_back(static_cast<std::uint8_t>(i * 7));
  return picture;
}

/// Grey and colour photos at several depths of folders, and files that are none.
void fill(const TempFolder& folder) {
  std::filesystem::create_directories(folder / "b" / "c");
  write_png(folder / "z.png", gradient(20, 30, 1));
  write_png(folder / "b" / "A.PNG", gradient(40, 16, 3));
  write_png(folder / "b" / "c" / "tiny.png", gradient(15, 90, 1));
  std::ofstream(folder / "b" / "broken.png") << "no image";
  std::ofstream(folder / "notes.txt") << "no image either";
}

}  // namespace

TEST_CASE("a folder's photos are read at any depth, in order, and the others are named", "[photos]") {
  const TempFolder folder;
  fill(folder);
  CHECK(is_photo_folder(folder.path()));
  for (const int threads : {1, 3}) {
    const PhotoFolder read = read_photos(folder.path(), {.least_side = 16, .threads = threads});
    REQUIRE(read.photos.size() == 2);
    CHECK(read.photos[0].name == "b/A.PNG");
    CHECK(read.photos[1].name == "z.png");
    CHECK(read.photos[0].shape == Shape{1, 40, 16, 1});
    REQUIRE(read.skipped.size() == 2);
    CHECK(read.skipped[0].name == "b/broken.png");
    CHECK_THAT(read.skipped[1].reason, ContainsSubstring("90x15"));
  }
  // 0.299 * 0 + 0.587 * 7 + 0.114 * 14 = 5.7
  CHECK(std::get<0>(pixels_of(read_photos(folder.path(), {.least_side = 16}).photos[0]).clean.pixels)[0] == 6);
  const Picture grey = pixels_of(read_photos(folder.path(), {.channels = 3, .least_side = 16}).photos[1]).clean;
  CHECK(grey.shape.c == 3);
  CHECK(std::get<0>(grey.pixels)[3] == 7);
  CHECK(std::get<0>(grey.pixels)[5] == 7);
  CHECK_THROWS_WITH(read_photos(folder.path(), {.least_side = 100}), ContainsSubstring("4 files were skipped"));
  CHECK_FALSE(is_photo_folder(folder / "missing"));
  CHECK_FALSE(is_photo_folder(DAE_DATA "/mnist"));
}

TEST_CASE("photos with values that are no finite numbers are skipped", "[photos]") {
  const TempFolder folder;
  std::vector<float> values(72, 0.5f);
  write_picture(folder / "a.tif", codec_named("tiff"), {{1, 9, 8, 1}, values});
  values[5] = std::numeric_limits<float>::infinity();
  write_picture(folder / "b.tif", codec_named("tiff"), {{1, 9, 8, 1}, values});
  const PhotoFolder read = read_photos(folder.path(), {});
  CHECK(read.photos.size() == 1);
  REQUIRE(read.skipped.size() == 1);
  CHECK(read.skipped[0].name == "b.tif");
  CHECK_THAT(read.skipped[0].reason, ContainsSubstring("no finite numbers"));
}

TEST_CASE("photos of every format keep their depth", "[photos]") {
  const TempFolder folder;
  const Picture deep{{1, 9, 8, 1}, std::vector<std::uint16_t>(72, 700)},
      real{{1, 9, 8, 1}, std::vector<float>(72, -2.5f)};
  for (const Codec& codec : codecs()) {
    const std::string name(codec.name);
    write_picture(folder / ("8" + name + std::string(codec.extensions[0])), codec, gradient(9, 8, 1));
    if (codec.deep) write_picture(folder / ("deep" + name + std::string(codec.extensions[0])), codec, deep);
    if (codec.real) write_picture(folder / ("real" + name + std::string(codec.extensions[0])), codec, real);
  }
  std::map<char, int> kinds;
  for (const Photo& photo : read_photos(folder.path(), {}).photos) {
    INFO(photo.name);
    const Picture picture = pixels_of(photo).clean;
    ++kinds[photo.name[0]];
    REQUIRE(picture.pixels.index() == (photo.name[0] == '8' ? 0 : photo.name[0] == 'd' ? 1 : 2));
    if (photo.name[0] == 'd') CHECK(picture.pixels == deep.pixels);
    if (photo.name[0] == 'r') CHECK(picture.pixels == real.pixels);
  }
  CHECK(kinds == std::map<char, int>{{'8', 5}, {'d', 3}, {'r', 1}});
}

TEST_CASE("photos that are not kept are read again, and must be what they were", "[photos]") {
  const TempFolder folder;
  fill(folder);
  const PhotoFolder all = read_photos(folder.path(), {}),
                    some = read_photos(folder.path(), {.threads = 2, .keep = 700});
  CHECK(std::ranges::count_if(some.photos, [](const Photo& photo) { return photo.kept.has_value(); }) == 1);
  for (std::size_t i = 0; i < all.photos.size(); ++i) {
    CHECK(pixels_of(some.photos[i]).clean.pixels == all.photos[i].kept->clean.pixels);
    CHECK(some.photos[i].checksum == all.photos[i].checksum);
  }
  const PhotoFolder none = read_photos(folder.path(), {.keep = 0});
  write_png(folder / "z.png", gradient(20, 30, 3));
  CHECK_THROWS_WITH(pixels_of(none.photos.back()), ContainsSubstring("z.png") && ContainsSubstring("not what it was"));
  std::filesystem::remove(folder / "z.png");
  CHECK_THROWS_WITH(pixels_of(none.photos.back()), ContainsSubstring("z.png"));
}

TEST_CASE("pairs of photos are matched by relative name, and what makes no pair is named", "[photos]") {
  const TempFolder folder;
  const std::filesystem::path clean = folder / "clean", noisy = folder / "noisy";
  std::filesystem::create_directories(clean / "deep");
  std::filesystem::create_directories(noisy / "deep");
  const auto put = [](const std::filesystem::path& path, int height = 16) { write_png(path, gradient(height, 16, 1)); };
  for (const char* name : {"deep/same.png", "other.png", "alone.png", "twice.png", "size.png"}) put(clean / name);
  put(noisy / "deep" / "same.png");
  const Picture real{{1, 16, 16, 1}, std::vector<float>(256, -1.5f)};
  write_picture(noisy / "other.tiff", codec_named("tiff"), real);
  put(noisy / "twice.webp");
  put(noisy / "twice.pgm");
  put(noisy / "size.png", 17);
  put(noisy / "nobody.png");

  const PhotoFolder pairs = read_photos(clean, {.threads = 2, .noisy = noisy});
  REQUIRE(pairs.photos.size() == 2);
  CHECK(pairs.photos[0].name == "deep/same.png");
  CHECK(pixels_of(pairs.photos[1]).noisy->pixels == real.pixels);
  std::map<std::string, std::string> reasons;
  for (const SkippedFile& file : pairs.skipped) reasons[file.name] = file.reason;
  CHECK_THAT(reasons["alone.png"], ContainsSubstring("no counterpart in"));
  CHECK_THAT(reasons["twice.png"], ContainsSubstring("twice.pgm") && ContainsSubstring("twice.webp"));
  CHECK_THAT(reasons["size.png"], ContainsSubstring("16x17") && ContainsSubstring("16x16"));
  CHECK_THAT(reasons["nobody.png"], ContainsSubstring("no counterpart in"));

  const ImageSet squares = squares_of(pairs, 16, 10);
  REQUIRE(squares.noisy.size() == 512);
  CHECK(squares.noisy[3] == Approx(21.0 / 255));
  CHECK(squares.noisy[256] == -1.5f);
}

TEST_CASE("squares lie side by side and are spread over all photos", "[photos]") {
  const TempFolder folder;
  fill(folder);
  const PhotoFolder photos = read_photos(folder.path(), {.least_side = 8});  // 5x2, 1x11 and 2x3 squares of 8
  const ImageSet all = squares_of(photos, 8, 100);
  CHECK(all.shape == Shape{27, 8, 8, 1});
  CHECK(all.pixels.size() == 27 * 64);
  const ImageSet some = squares_of(photos, 8, 3);
  CHECK(some.shape.n == 3);
  CHECK(some.pixels.size() == 3 * 64);
  CHECK(std::equal(some.pixels.begin(), some.pixels.begin() + 64, all.pixels.begin()));
  CHECK(all.noisy.empty());
  CHECK(squares_of(read_photos(folder.path(), {.least_side = 8, .keep = 0}), 8, 100).pixels == all.pixels);
}

TEST_CASE("squares of every depth are rounded to 8 bits as the codecs round", "[photos]") {
  Picture deep{{1, 256, 256, 1}, std::vector<std::uint16_t>()};
  for (unsigned v = 0; v <= 0xFFFF; ++v) std::get<1>(deep.pixels).push_back(static_cast<std::uint16_t>(v));
  Picture real{deep.shape, unit_pixels(deep.image())};
  const Picture expected = fit_to(codec_named("jpeg"), deep);
  for (const Picture& picture : {deep, real}) {
    const TempFolder folder;
    write_picture(folder / "a.tif", codec_named("tiff"), picture);
    CHECK(squares_of(read_photos(folder.path(), {}), 256, 1).pixels == std::get<0>(expected.pixels));
  }
}

TEST_CASE("crops follow from seed, epoch and index, lie inside and take all orientations", "[photos]") {
  const TempFolder folder;
  fill(folder);
  FakeDevice device;
  const DeviceSet set = upload(device, read_photos(folder.path(), {.least_side = 16}), {.side = 16, .crops = 100});
  CHECK(set.shape == Shape{200, 16, 16, 1});
  std::set<int> orientations, rows;
  for (std::uint32_t i = 0; i < 200; ++i) {
    const Sample sample = sample_of(set, i, 1, 5);
    CHECK(sample.slot == i / 100);
    CHECK(sample.id == i);
    CHECK(sample.y + 16 <= set.photos[sample.slot].h);
    CHECK(sample.x + 16 <= set.photos[sample.slot].w);
    orientations.insert(sample.orientation);
    if (sample.slot == 0) rows.insert(sample.y);
  }
  CHECK(orientations.size() == 8);
  CHECK(rows.size() == 25);
  const Sample one = sample_of(set, 3, 1, 5), again = sample_of(set, 3, 1, 5), later = sample_of(set, 3, 2, 5);
  CHECK((one.y == again.y && one.x == again.x && one.orientation == again.orientation));
  CHECK((one.y != later.y || one.x != later.x || one.orientation != later.orientation));
}

TEST_CASE("the graph says whether photos are to be grey or colour", "[photos]") {
  CHECK(photo_channels(preset("dncnn-small"), 16) == 1);
  CHECK(photo_channels(preset("unet-small-colour"), 16) == 3);
  CHECK_THROWS_AS(photo_channels(preset("unet-small"), 18), ShapeError);
}
