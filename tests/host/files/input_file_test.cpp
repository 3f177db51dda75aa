#include "host/files/input_file.hpp"

#include <sys/stat.h>

#include <limits>

#include "dae/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"

using dae::InputError;
using dae::read_file;

TEST_CASE("read_file gives the whole file up to its limit", "[input_file]") {
  const TempFolder folder;
  const std::string text("a\0b", 3);
  CHECK(read_file(folder.put("a", text), 3) == text);
  CHECK(read_file(folder.put("empty", ""), 0).empty());
  REQUIRE_THROWS_WITH(read_file(folder / "a", 2), ContainsSubstring("a': it is larger than 2 bytes"));
  std::string large(3'000'001, 'x');
  large[2'999'999] = 'y';
  CHECK(read_file(folder.put("large", large), std::numeric_limits<std::size_t>::max()) == large);
  CHECK(read_file(folder / "large", large.size()) == large);
}

TEST_CASE("read_file does not believe a size that the system cannot know", "[input_file]") {
  // Files in /proc report 0 bytes and have more.
  CHECK_FALSE(read_file("/proc/self/status", 1 << 20).empty());
  REQUIRE_THROWS_AS(read_file("/proc/self/status", 10), InputError);
}

TEST_CASE("read_file refuses what is no file, at once", "[input_file]") {
  const TempFolder folder;
  REQUIRE_THROWS_WITH(read_file(folder / "none", 9), ContainsSubstring("none': No such file or directory"));
  REQUIRE_THROWS_WITH(read_file(folder.path(), 9), ContainsSubstring("it is a folder, not a file"));
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  REQUIRE_THROWS_WITH(read_file(folder / "fifo", 9), ContainsSubstring("it is a FIFO, not a file"));
  REQUIRE_THROWS_WITH(read_file("/dev/zero", 9), ContainsSubstring("a device or a socket"));
  std::filesystem::create_symlink("loop", folder / "loop");
  REQUIRE_THROWS_AS(read_file(folder / "loop", 9), InputError);
  REQUIRE_THROWS_AS(read_file("", 9), InputError);
  REQUIRE_THROWS_AS(read_file(folder.put("file", "x") / "below", 9), InputError);
}

TEST_CASE("a message about a hostile name stays one line", "[input_file]") {
  const TempFolder folder;
  REQUIRE_THROWS_WITH(read_file(folder / "a\nb\x1b", 9), ContainsSubstring("a\\x0ab\\x1b'"));
}
