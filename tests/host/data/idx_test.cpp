#include "host/data/idx.hpp"

#include <sys/stat.h>

#include <string>

#include "dae/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/idx_bytes.hpp"
#include "tests/support/temp_folder.hpp"

using dae::find_images;
using dae::ImageSet;
using dae::InputError;
using dae::read_idx;
using dae::Shape;
using dae::Split;

namespace {

/// Two images of 2x3.
const std::string two = idx_bytes({2, 2, 3}, "abcdefghijkl");

/// The message of the InputError that reading a file of these bytes gives.
std::string complaint(const std::string& bytes, std::size_t limit = 0) {
  const TempFolder folder;
  return complaint_of([&] { read_idx(folder.put("images", bytes), limit); }, "images'");
}

}  // namespace

TEST_CASE("MNIST's own files are read", "[idx]") {
  const ImageSet test = read_idx(find_images(DAE_DATA "/mnist", Split::test));
  CHECK(test.shape == Shape{10000, 28, 28, 1});
  CHECK(test.pixels.size() == 7'840'000);
  // The first test image, a seven: its bar begins at row 7, column 6.
  const auto pixels = std::get<std::span<const std::uint8_t>>(test.image(0).pixels);
  CHECK(test.image(0).shape == Shape{1, 28, 28, 1});
  CHECK(pixels[7 * 28 + 5] == 0);
  CHECK(pixels[7 * 28 + 6] == 84);
  const ImageSet train = read_idx(find_images(DAE_DATA "/mnist", Split::train), 100);
  CHECK(train.shape == Shape{100, 28, 28, 1});
  CHECK(train.pixels.size() == 78'400);
}

TEST_CASE("rank 3 and 4 are read, plain and gzip, in full or up to a limit", "[idx]") {
  const TempFolder folder;
  const auto bytes = GENERATE(std::string(two), gzip(two));
  const ImageSet all = read_idx(folder.put("a", bytes));
  CHECK(all.shape == Shape{2, 2, 3, 1});
  CHECK(std::string(all.pixels.begin(), all.pixels.end()) == "abcdefghijkl");
  CHECK(std::get<std::span<const std::uint8_t>>(all.image(1).pixels)[0] == 'g');
  const ImageSet one = read_idx(folder / "a", 1);
  CHECK(one.shape == Shape{1, 2, 3, 1});
  CHECK(one.pixels.size() == 6);
  CHECK(read_idx(folder / "a", 99).shape == Shape{2, 2, 3, 1});
  CHECK(read_idx(folder.put("b", idx_bytes({1, 2, 2, 3}, "abcdefghijkl"))).shape == Shape{1, 2, 2, 3});
}

TEST_CASE("with a limit, damage behind it is not looked at", "[idx]") {
  const TempFolder folder;
  CHECK(read_idx(folder.put("a", two.substr(0, two.size() - 1)), 1).shape.n == 1);
  CHECK(read_idx(folder.put("b", two + "trailing"), 1).shape.n == 1);
}

TEST_CASE("images that are written as IDX are read back", "[idx]") {
  const TempFolder folder;
  const Shape shape = GENERATE(Shape{3, 2, 2, 1}, Shape{2, 1, 2, 3});
  ImageSet images{shape, std::vector<std::uint8_t>(12)};
  for (std::size_t i = 0; i < 12; ++i) images.pixels[i] = static_cast<std::uint8_t>(250 - i);
  dae::write_idx(folder / "a", images);
  const ImageSet back = read_idx(folder / "a");
  CHECK(back.shape == shape);
  CHECK(back.pixels == images.pixels);
  images.pixels.pop_back();
  REQUIRE_THROWS_AS(dae::write_idx(folder / "b", images), dae::UsageError);
  CHECK(folder.names() == std::vector<std::string>{"a"});
}

TEST_CASE("a file that is not IDX is told from one that is damaged", "[idx][hostile]") {
  CHECK_THAT(complaint(""), ContainsSubstring("is empty"));
  CHECK_THAT(complaint("hello"), ContainsSubstring("neither IDX nor gzip: it begins with the bytes 68 65 6c 6c,"));
  CHECK_THAT(complaint("\x01"), ContainsSubstring("begins with the bytes 01,"));
  CHECK_THAT(complaint(idx_bytes({2, 2, 3}, std::string(48, 'x'), 0x0D)), ContainsSubstring("IDX type 0x0d"));
  CHECK_THAT(complaint(idx_bytes({2}, "ab")), ContainsSubstring("holds labels, not images"));
  CHECK_THAT(complaint(idx_bytes({2, 2}, "abcd")), ContainsSubstring("has rank 2"));
  CHECK_THAT(complaint(idx_bytes({1, 1, 1, 1, 1}, "a")), ContainsSubstring("has rank 5"));
}

TEST_CASE("every cut of an IDX file is found, plain and gzip", "[idx][hostile]") {
  for (std::size_t cut = 4; cut < two.size(); ++cut) {
    CHECK_THAT(complaint(two.substr(0, cut)), ContainsSubstring("truncated"));
  }
  const std::string packed = gzip(two);
  for (std::size_t cut = 2; cut < packed.size(); ++cut) {
    CHECK_THAT(complaint(packed.substr(0, cut)), ContainsSubstring("truncated"));
  }
  CHECK_THAT(complaint(gzip(two.substr(0, two.size() - 1))), ContainsSubstring("only 11 follow the header"));
}

TEST_CASE("bytes too many and bad checksums are found", "[idx][hostile]") {
  CHECK_THAT(complaint(two + "x"), ContainsSubstring("longer than its header claims"));
  CHECK_THAT(complaint(gzip(two + "x")), ContainsSubstring("longer than its header claims"));
  CHECK_THAT(complaint(gzip(two) + "x"), ContainsSubstring("bytes after the end of its gzip data"));
  std::string damaged = gzip(two);
  damaged[damaged.size() - 6] ^= 1;  // in the checksum
  CHECK_THAT(complaint(damaged), ContainsSubstring("damaged gzip data"));
}

TEST_CASE("an IDX header's claims allocate nothing", "[idx][hostile]") {
  CHECK_THAT(complaint(idx_bytes({0x8000'0000, 28, 28}, "x")),
             ContainsSubstring("claims 2147483648 images of 28x28x1"));
  CHECK_THAT(complaint(idx_bytes({0x7FFF'FFFF, 1 << 14, 1 << 14}, "x")),
             ContainsSubstring("more than this machine's memory"));
  CHECK_THAT(complaint(idx_bytes({1'000'000, 28, 28}, "x")), ContainsSubstring("truncated"));
  CHECK_THAT(complaint(idx_bytes({1, 0xFFFF'FFFF, 0xFFFF'FFFF, 0xFFFF'FFFF}, "x")),
             ContainsSubstring("damaged header"));
  CHECK_THAT(complaint(idx_bytes({1, 1 << 15, 1 << 15}, "x")), ContainsSubstring("damaged header"));
  CHECK_THAT(complaint(idx_bytes({1, 1 << 14, 1 << 14, 2}, "x")), ContainsSubstring("damaged header"));
  CHECK_THAT(complaint(idx_bytes({0, 28, 28}, "")), ContainsSubstring("holds no images"));
  CHECK_THAT(complaint(idx_bytes({1, 0, 28}, "")), ContainsSubstring("damaged header"));
}

TEST_CASE("an IDX path that is no file is refused at once", "[idx][hostile]") {
  const TempFolder folder;
  REQUIRE_THROWS_WITH(read_idx(folder / "none"), ContainsSubstring("No such file"));
  REQUIRE_THROWS_WITH(read_idx(folder.path()), ContainsSubstring("it is a folder"));
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  REQUIRE_THROWS_WITH(read_idx(folder / "fifo"), ContainsSubstring("it is a FIFO"));
}

TEST_CASE("a folder is searched for MNIST's names", "[idx]") {
  const TempFolder folder;
  REQUIRE_THROWS_WITH(find_images(folder.path(), Split::train),
                      ContainsSubstring("neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz"));
  const auto packed = folder.put("t10k-images-idx3-ubyte.gz", "x");
  CHECK(find_images(folder.path(), Split::test) == packed);
  const auto plain = folder.put("t10k-images-idx3-ubyte", "x");
  CHECK(find_images(folder.path(), Split::test) == plain);
  REQUIRE_THROWS_AS(find_images(folder.path(), Split::train), InputError);
  CHECK(find_images(plain, Split::train) == plain);
  CHECK(find_images(folder / "none", Split::train) == folder / "none");
}
