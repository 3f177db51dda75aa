#include "host/data/photo_stream.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "dae/error.hpp"
#include "host/data/photo_folder.hpp"
#include "host/images/formats.hpp"
#include "host/noise/shuffle.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"

using namespace dae;

namespace {

using Pixels = std::vector<std::uint8_t>;

/// Keeps what was put into each slot last.
struct RecordingStore : ImageStore {
  void put(std::uint32_t slot, const Image& clean, const Image*) override {
    const auto* const bytes = std::get_if<0>(&clean.pixels);
    slots[slot] = bytes != nullptr ? Pixels(bytes->begin(), bytes->end()) : Pixels();
  }
  std::map<std::uint32_t, Pixels> slots;
};

constexpr int photo_count = 7, side = 8, crops = 4;

/// Photos of which the second and third are kept, as a folder of them that is read with little memory would be.
PhotoFolder photos_in(const TempFolder& folder) {
  for (int n = 0; n < photo_count; ++n) {
    Picture picture{{1, 10 + n, 12, 1}, Pixels()};
    for (std::size_t i = 0; i < picture.shape.size(); ++i)
      std::get<0>(picture.pixels).push_back(static_cast<std::uint8_t>(i * i * 7 + static_cast<std::size_t>(n) * 31));
    write_png(folder / (std::to_string(n) + ".png"), picture);
  }
  PhotoFolder read = read_photos(folder.path(), {});
  for (int n = 0; n < photo_count; ++n)
    if (n == 1 || n == 2)
      read.photos[static_cast<std::size_t>(n)].file.clear();
    else
      read.photos[static_cast<std::size_t>(n)].kept.reset();
  return read;
}

std::vector<Sample> epoch(std::uint32_t number) {
  std::vector<Sample> samples;
  for (const std::uint32_t i : shuffled_in_groups(photo_count, crops, 2, 3, number))
    samples.push_back({.slot = i / crops,
                       .id = i,
                       .epoch = number,
                       .y = static_cast<std::uint16_t>(i % 3),
                       .x = static_cast<std::uint16_t>(i % 5),
                       .orientation = static_cast<Orientation>(i % 8)});
  return samples;
}

}  // namespace

TEST_CASE("streamed crops are those of the photos, whatever the number of loaders", "[photos][threads]") {
  const TempFolder folder;
  const PhotoFolder photos = photos_in(folder);
  const PhotoFolder whole = read_photos(folder.path(), {});
  for (const int loaders : {1, 3}) {
    RecordingStore store;
    PhotoStream stream(photos.photos, {1, side, side, 1}, store, 20, loaders);
    for (std::uint32_t number = 1; number <= 3; ++number) {
      const std::vector<Sample> wanted = epoch(number);
      const std::size_t before = number == 2 ? 11 : 0;  // as after a resumption within an epoch
      stream.start({wanted.begin() + static_cast<std::ptrdiff_t>(before), wanted.end()}, 2 * crops, before);
      std::size_t at = before;
      for (std::vector<Sample> part; !(part = stream.next(5)).empty();)
        for (const Sample& got : part) {
          const Sample& want = wanted[at++];
          CAPTURE(loaders, number, at);
          REQUIRE((got.id == want.id && got.orientation == want.orientation && got.epoch == want.epoch));
          if (want.slot == 1 || want.slot == 2) {
            CHECK((got.slot == want.slot && got.y == want.y && got.x == want.x));
            continue;
          }
          REQUIRE(got.slot >= photo_count);
          CHECK((got.y == 0 && got.x == 0));
          CHECK(store.slots[got.slot] ==
                std::get<0>(square_at(whole.photos[want.slot].kept->clean, want.y, want.x, side).pixels));
          if (number == 1 && at == 9) break;  // the run may turn to another epoch at any time
        }
      if (number != 1) CHECK(at == wanted.size());
    }
    CHECK(stream.waited() >= 0);
  }
}

TEST_CASE("a photo that can no longer be read ends the stream with its name", "[photos][threads]") {
  const TempFolder folder;
  const PhotoFolder photos = photos_in(folder);
  std::filesystem::remove(folder / "4.png");
  RecordingStore store;
  PhotoStream stream(photos.photos, {1, side, side, 1}, store, 20, 2);
  stream.start(epoch(1), 2 * crops, 0);
  CHECK_THROWS_WITH(
      [&] {
        while (!stream.next(5).empty()) {
        }
      }(),
      ContainsSubstring("4.png"));
}

TEST_CASE("an epoch in groups takes each sample once and a photo's samples within one group", "[photos]") {
  const auto order = shuffled_in_groups(10, 6, 4, 1, 2);
  std::set<std::uint32_t> seen(order.begin(), order.end());
  CHECK(seen.size() == 60);
  CHECK(*seen.rbegin() == 59);
  std::map<std::uint32_t, std::set<std::size_t>> groups_of_photo;
  for (std::size_t i = 0; i < order.size(); ++i) groups_of_photo[order[i] / 6].insert(i / 24);
  for (const auto& [photo, groups] : groups_of_photo) CHECK(groups.size() == 1);
  CHECK(order != shuffled_in_groups(10, 6, 4, 1, 3));
  CHECK(shuffled_in_groups(10, 6, 10, 1, 2) == shuffled(60, 1, 2));
  // Neighbours within a group are of different photos as often as chance has it.
  std::size_t same = 0;
  for (std::size_t i = 1; i < 24; ++i) same += order[i] / 6 == order[i - 1] / 6;
  CHECK(same < 12);
}
