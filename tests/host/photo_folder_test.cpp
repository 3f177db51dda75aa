#include "host/photo_folder.hpp"

#include <algorithm>
#include <fstream>
#include <set>

#include "catch.hpp"
#include "dae/error.hpp"
#include "fake_device.hpp"
#include "host/device_set.hpp"
#include "host/images/png.hpp"
#include "temp_folder.hpp"

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
    const PhotoFolder read = read_photos(folder.path(), 1, 16, threads);
    REQUIRE(read.photos.size() == 2);
    CHECK(read.photos[0].name == "b/A.PNG");
    CHECK(read.photos[1].name == "z.png");
    CHECK(read.photos[0].picture.shape == Shape{1, 40, 16, 1});
    REQUIRE(read.skipped.size() == 2);
    CHECK(read.skipped[0].name == "b/broken.png");
    CHECK_THAT(read.skipped[1].reason, ContainsSubstring("90x15"));
  }
  // 0.299 * 0 + 0.587 * 7 + 0.114 * 14 = 5.7
  CHECK(std::get<0>(read_photos(folder.path(), 1, 16, 1).photos[0].picture.pixels)[0] == 6);
  const Picture grey = read_photos(folder.path(), 3, 16, 1).photos[1].picture;
  CHECK(grey.shape.c == 3);
  CHECK(std::get<0>(grey.pixels)[3] == 7);
  CHECK(std::get<0>(grey.pixels)[5] == 7);
  CHECK_THROWS_WITH(read_photos(folder.path(), 1, 100, 1), ContainsSubstring("4 files were skipped"));
  CHECK_FALSE(is_photo_folder(folder / "missing"));
  CHECK_FALSE(is_photo_folder(DAE_DATA "/mnist"));
}

TEST_CASE("squares lie side by side and are spread over all photos", "[photos]") {
  const TempFolder folder;
  fill(folder);
  const PhotoFolder photos = read_photos(folder.path(), 1, 8, 1);  // 5x2, 1x11 and 2x3 squares of 8
  const ImageSet all = squares_of(photos, 8, 100);
  CHECK(all.shape == Shape{27, 8, 8, 1});
  CHECK(all.pixels.size() == 27 * 64);
  const ImageSet some = squares_of(photos, 8, 3);
  CHECK(some.shape.n == 3);
  CHECK(some.pixels.size() == 3 * 64);
  CHECK(std::equal(some.pixels.begin(), some.pixels.begin() + 64, all.pixels.begin()));
}

TEST_CASE("crops follow from seed, epoch and index, lie inside and take all orientations", "[photos]") {
  const TempFolder folder;
  fill(folder);
  FakeDevice device;
  const DeviceSet set = upload(device, read_photos(folder.path(), 1, 16, 1), 16, 100);
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
