#include "host/files/folder_lock.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dae/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"

using dae::FolderLock;
using dae::OutputError;

TEST_CASE("a folder is held once and leaves nothing on disk", "[folder_lock]") {
  const TempFolder folder;
  {
    const FolderLock lock(folder.path());
    REQUIRE_THROWS_WITH(FolderLock(folder.path()), ContainsSubstring("in use by another run"));
    CHECK(folder.names().empty());
  }
  REQUIRE_NOTHROW(FolderLock(folder.path()));
}

TEST_CASE("a lock ends with a killed process", "[folder_lock]") {
  const TempFolder folder;
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const FolderLock lock(folder.path());
    if (::write(ready[1], "x", 1) != 1) ::_exit(1);
    ::pause();
    ::_exit(0);
  }
  char sign = 0;
  REQUIRE(::read(ready[0], &sign, 1) == 1);
  CHECK_THROWS_AS(FolderLock(folder.path()), OutputError);
  REQUIRE(::kill(child, SIGKILL) == 0);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  CHECK_NOTHROW(FolderLock(folder.path()));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_CASE("a lock needs a folder", "[folder_lock]") {
  const TempFolder folder;
  REQUIRE_THROWS_AS(FolderLock(folder / "none"), OutputError);
  REQUIRE_THROWS_AS(FolderLock(folder.put("file", "x")), OutputError);
}
