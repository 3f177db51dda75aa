// A disk that fails and a process that dies, at every single call by which a run changes a file.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "dae/error.hpp"
#include "host/checkpoint/checkpoint.hpp"
#include "host/files/atomic_file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/faulty_layer.hpp"
#include "tests/support/trainer_rig.hpp"

using namespace dae;

namespace {

bool has_checkpoint(const TempFolder& folder) { return std::filesystem::exists(folder / "last.safetensors"); }

bool has_temporaries(const TempFolder& folder) {
  const std::vector<std::string> names = folder.names();
  return std::any_of(names.begin(), names.end(), [](const std::string& name) { return name.ends_with(".tmp"); });
}

/// The user's way on after a failure: go on, or start over where nothing was saved yet.
void finish(const TempFolder& folder) {
  remove_temporaries(folder.path());
  Rig rig(folder.path());
  rig.plan.resume = has_checkpoint(folder);
  CHECK(rig.run().end == TrainingEnd::finished);
}

/// A layer under which the process is killed at the Nth call; a write is killed halfway.
class DeadlyLayer : public FileLayer {
 public:
  explicit DeadlyLayer(int at) : at_(at) {}
  int open(const char* path, int flags, mode_t mode) override { return live(), FileLayer::open(path, flags, mode); }
  ssize_t write(int file, const void* bytes, std::size_t size) override {
    if (calls_ == at_) FileLayer::write(file, bytes, size / 2);
    return live(), FileLayer::write(file, bytes, size);
  }
  int fsync(int file) override { return live(), FileLayer::fsync(file); }
  int ftruncate(int file, off_t size) override { return live(), FileLayer::ftruncate(file, size); }
  int close(int file) override { return live(), FileLayer::close(file); }
  int rename(const char* from, const char* to) override { return live(), FileLayer::rename(from, to); }
  int unlink(const char* path) override { return live(), FileLayer::unlink(path); }

 private:
  void live() {
    if (calls_++ == at_) ::kill(::getpid(), SIGKILL);
  }
  int at_, calls_ = 0;
};

/// Runs in a process of its own that dies at call `at`; false when the run ended before.
bool die_at(int at, const TempFolder& folder) {
  const pid_t child = ::fork();
  if (child == 0) {
    DeadlyLayer layer(at);
    const ScopedFileLayer scope(layer);
    Rig(folder.path()).run();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status);
}

}  // namespace

TEST_CASE("a disk that fails at any call costs no checkpoint, and the run goes on from there", "[trainer][fault]") {
  const FaultyLayer::Fault kind = GENERATE(FaultyLayer::Fault{-1, ENOSPC, false}, FaultyLayer::Fault{-1, EIO, false},
                                           FaultyLayer::Fault{-1, ENOSPC, true});
  const TempFolder whole;
  Rig(whole.path()).run();
  const Files expected(whole.path());
  bool fired = true;
  int tried = 0;
  for (int at = 0; fired; ++at, ++tried) {
    INFO("call " << at << ", error " << kind.error << (kind.partial ? " after half a write" : ""));
    const TempFolder folder;
    FaultyLayer layer({at, kind.error, kind.partial});
    {
      const ScopedFileLayer scope(layer);
      try {
        Rig(folder.path()).run();
      } catch (const OutputError& error) {
        CHECK(std::string(error.what()).find(folder.path().string()) != std::string::npos);
      }
      fired = layer.fired();
    }
    if (has_checkpoint(folder)) CHECK_NOTHROW(load_checkpoint(folder / "last.safetensors"));
    if (std::filesystem::exists(folder / "best.safetensors")) {
      CHECK_NOTHROW(load_checkpoint(folder / "best.safetensors"));
    }
    finish(folder);
    CHECK_FALSE(has_temporaries(folder));
    CHECK(Files(folder.path()) == expected);
  }
  CHECK(tried > 60);  // or the run has stopped going through the layer
}

TEST_CASE("a run that is killed at any call goes on as if it had not been", "[trainer][fault]") {
  const TempFolder whole;
  Rig(whole.path()).run();
  const Files expected(whole.path());
  int at = 0;
  for (bool died = true; died; ++at) {
    INFO("killed at call " << at);
    const TempFolder folder;
    died = die_at(at, folder);
    if (has_checkpoint(folder)) CHECK_NOTHROW(load_checkpoint(folder / "last.safetensors"));
    finish(folder);
    CHECK_FALSE(has_temporaries(folder));
    CHECK(Files(folder.path()) == expected);
  }
  CHECK(at > 60);
}
