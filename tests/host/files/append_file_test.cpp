#include "host/files/append_file.hpp"

#include <sys/stat.h>

#include <cerrno>

#include "dae/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/faulty_layer.hpp"
#include "tests/support/temp_folder.hpp"

using dae::AppendFile;
using dae::OutputError;

TEST_CASE("an appended file grows and is cut on request", "[append_file]") {
  const TempFolder folder;
  {
    AppendFile file(folder / "a.csv");
    file.append("one\n");
    CHECK(slurp(folder / "a.csv") == "one\n");
    file.append("two\n");
    CHECK(file.size() == 8);
  }
  AppendFile file(folder / "a.csv", 4);
  file.append("2\n");
  CHECK(file.size() == 6);
  CHECK(slurp(folder / "a.csv") == "one\n2\n");
}

TEST_CASE("an appended file reports what fails", "[append_file][fault]") {
  const TempFolder folder;
  REQUIRE_THROWS_AS(AppendFile(folder / "no/a.csv"), OutputError);
  REQUIRE_THROWS_AS(AppendFile(folder.path()), OutputError);
  REQUIRE_THROWS_WITH(AppendFile("/dev/full"), ContainsSubstring("/dev/full"));
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  REQUIRE_THROWS_AS(AppendFile(folder / "fifo"), OutputError);
  FaultyLayer layer({.at = 2, .error = ENOSPC});
  const dae::ScopedFileLayer scope(layer);
  AppendFile file(folder / "a.csv");
  REQUIRE_THROWS_WITH(file.append("x\n"), ContainsSubstring("a.csv': No space left"));
}
