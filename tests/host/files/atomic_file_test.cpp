#include "host/files/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <thread>

#include "dae/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/faulty_layer.hpp"
#include "tests/support/temp_folder.hpp"

using dae::OutputError;
using dae::write_file;

TEST_CASE("write_file writes, replaces and leaves nothing else", "[atomic_file]") {
  const TempFolder folder;
  write_file(folder / "a", "one");
  CHECK(slurp(folder / "a") == "one");
  write_file(folder / "a", std::string("\0two", 4));
  CHECK(slurp(folder / "a") == std::string("\0two", 4));
  write_file(folder / "empty", "");
  CHECK(slurp(folder / "empty").empty());
  const std::string longest(255, 'n');
  write_file(folder / longest, "x");
  CHECK(slurp(folder / longest) == "x");
  CHECK(folder.names() == std::vector<std::string>{"a", "empty", longest});
}

TEST_CASE("write_file names the path and the reason", "[atomic_file]") {
  const TempFolder folder;
  REQUIRE_THROWS_WITH(write_file(folder / "no/a", "x"),
                      ContainsSubstring("no/a'") && ContainsSubstring("No such file or directory"));
  const auto file = folder.put("file", "x");
  REQUIRE_THROWS_WITH(write_file(file / "a", "x"), ContainsSubstring("Not a directory"));
  std::filesystem::create_directory(folder / "sub");
  REQUIRE_THROWS_WITH(write_file(folder / "sub", "x"), ContainsSubstring("sub'") && ContainsSubstring("directory"));
  REQUIRE_THROWS_AS(write_file("", "x"), OutputError);
  REQUIRE_THROWS_AS(write_file(std::string("/dev/full/"), "x"), OutputError);
  CHECK(folder.names() == std::vector<std::string>{"file", "sub"});
}

TEST_CASE("write_file writes to pipes and devices and leaves them there", "[atomic_file]") {
  const TempFolder folder;
  const auto pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0666) == 0);
  REQUIRE_THROWS_WITH(write_file(pipe, "x"), ContainsSubstring("pipe'"));  // nobody reads it
  // More than a pipe holds.
  const std::string much(300'000, 'x');
  const int end = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  std::thread writer([&] { write_file(pipe, much); });
  std::string got;
  std::array<char, 4096> part{};
  while (got.size() < much.size())
    if (const ssize_t count = ::read(end, part.data(), part.size()); count > 0)
      got.append(part.data(), static_cast<std::size_t>(count));
  writer.join();
  ::close(end);
  CHECK(got == much);
  CHECK(std::filesystem::is_fifo(pipe));
  std::filesystem::create_symlink("/dev/full", folder / "full");
  std::filesystem::create_symlink("/dev/null", folder / "null");
  REQUIRE_THROWS_WITH(write_file(folder / "full", "x"), ContainsSubstring("No space left"));
  write_file(folder / "null", "x");
  CHECK(std::filesystem::is_character_file("/dev/full"));
  CHECK(std::filesystem::is_symlink(folder / "null"));
  CHECK(folder.names() == std::vector<std::string>{"full", "null", "pipe"});
}

TEST_CASE("a failing call leaves the old file whole and no temporary one", "[atomic_file][fault]") {
  const int error = GENERATE(ENOSPC, EIO, EDQUOT);
  const bool partial = GENERATE(false, true);
  const TempFolder folder;
  const auto path = folder.put("a", "old");
  const std::string fresh(100, 'n');
  int calls = 0;
  for (int at = 0;; ++at) {
    FaultyLayer layer({.at = at, .error = error, .partial = partial});
    bool failed = false;
    {
      const dae::ScopedFileLayer scope(layer);
      try {
        write_file(path, fresh);
      } catch (const OutputError&) {
        failed = true;
      }
    }
    // Either content is allowed when the call failed after the rename, but no mixture and no success told falsely.
    const std::string content = slurp(path);
    CHECK((content == fresh || (failed && content == "old")));
    CHECK(folder.names() == std::vector<std::string>{"a"});
    write_file(path, "old");
    calls = layer.calls();
    if (!layer.fired()) break;
    // Closing the folder is the only call whose failure does not matter.
    CHECK((failed || at == calls - 1));
  }
  // open, write, fsync, close, rename; open, fsync, close of the folder.
  CHECK(calls == 8);
}

TEST_CASE("short and interrupted writes are gone on with", "[atomic_file][fault]") {
  struct Stingy : dae::FileLayer {
    int turn = 0;
    ssize_t write(int file, const void* bytes, std::size_t size) override {
      if (++turn % 2 == 0) {
        errno = EINTR;
        return -1;
      }
      return FileLayer::write(file, bytes, size > 3 ? 3 : size);
    }
  } layer;
  const dae::ScopedFileLayer scope(layer);
  const TempFolder folder;
  write_file(folder / "a", "a text of some length");
  CHECK(slurp(folder / "a") == "a text of some length");
}

TEST_CASE("a write that takes nothing ends in an error, not in a loop", "[atomic_file][fault]") {
  struct Stuck : dae::FileLayer {
    ssize_t write(int, const void*, std::size_t) override { return 0; }
  } layer;
  const dae::ScopedFileLayer scope(layer);
  const TempFolder folder;
  REQUIRE_THROWS_AS(write_file(folder / "a", "x"), OutputError);
  CHECK(folder.names().empty());
}

TEST_CASE("a process killed at any call leaves the old or the new file", "[atomic_file][fault]") {
  struct Deadly : dae::FileLayer {
    int left;
    explicit Deadly(int at) : left(at) {}
    void tick() {
      if (left-- == 0) ::_exit(9);
    }
    int open(const char* path, int flags, mode_t mode) override { return tick(), FileLayer::open(path, flags, mode); }
    ssize_t write(int file, const void* bytes, std::size_t size) override {
      if (left == 0) FileLayer::write(file, bytes, size / 2);
      return tick(), FileLayer::write(file, bytes, size);
    }
    int fsync(int file) override { return tick(), FileLayer::fsync(file); }
    int close(int file) override { return tick(), FileLayer::close(file); }
    int rename(const char* from, const char* to) override { return tick(), FileLayer::rename(from, to); }
  };
  const TempFolder folder;
  const auto path = folder.put("a", "old");
  int killed = 0;
  for (int at = 0; at < 8; ++at) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      Deadly layer(at);
      const dae::ScopedFileLayer scope(layer);
      write_file(path, "the new one");
      ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    killed += WEXITSTATUS(status) == 9 ? 1 : 0;
    const std::string content = slurp(path);
    CHECK((content == "old" || content == "the new one"));
  }
  CHECK(killed == 8);
  // The files that killed processes left are recognised and removed, and nothing else.
  const auto other = folder.put(".dae-notes", "keep");
  CHECK(folder.names().size() > 2);
  dae::remove_temporaries(folder.path());
  CHECK(folder.names() == std::vector<std::string>{".dae-notes", "a"});
}

TEST_CASE("remove_temporaries bears a missing folder", "[atomic_file]") {
  const TempFolder folder;
  REQUIRE_NOTHROW(dae::remove_temporaries(folder / "none"));
}

TEST_CASE("make_folder makes parents, accepts what is there, refuses a file", "[atomic_file]") {
  const TempFolder folder;
  dae::make_folder(folder / "a/b/c/");
  CHECK(std::filesystem::is_directory(folder / "a/b/c"));
  REQUIRE_NOTHROW(dae::make_folder(folder / "a/b"));
  const auto file = folder.put("file", "x");
  REQUIRE_THROWS_AS(dae::make_folder(file), OutputError);
  REQUIRE_THROWS_AS(dae::make_folder(file / "sub"), OutputError);
  FaultyLayer layer({.at = 0, .error = ENOSPC});
  const dae::ScopedFileLayer scope(layer);
  REQUIRE_THROWS_WITH(dae::make_folder(folder / "new"), ContainsSubstring("No space left"));
}
