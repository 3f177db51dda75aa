#include "host/files/file_layer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "dae/error.hpp"
#include "host/text/quote.hpp"

namespace dae {

int FileLayer::open(const char* path, int flags, mode_t mode) { return ::open(path, flags, mode); }
ssize_t FileLayer::write(int file, const void* bytes, std::size_t size) { return ::write(file, bytes, size); }
int FileLayer::fsync(int file) { return ::fsync(file); }
int FileLayer::ftruncate(int file, off_t size) { return ::ftruncate(file, size); }
int FileLayer::close(int file) { return ::close(file); }
int FileLayer::rename(const char* from, const char* to) { return std::rename(from, to); }
int FileLayer::unlink(const char* path) { return ::unlink(path); }
int FileLayer::mkdir(const char* path, mode_t mode) { return ::mkdir(path, mode); }

namespace {

FileLayer*& current() {
  static FileLayer system;
  static FileLayer* layer = &system;
  return layer;
}

}  // namespace

FileLayer& file_layer() { return *current(); }

ScopedFileLayer::ScopedFileLayer(FileLayer& layer) : before_(std::exchange(current(), &layer)) {}
ScopedFileLayer::~ScopedFileLayer() { current() = before_; }

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = file_layer().write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    if (written == 0) {
      errno = EIO;
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void fail_output(std::string_view action, const std::filesystem::path& path, int reason) {
  throw OutputError(fmt::format("cannot {} {}: {}", action, quote_path(path), std::generic_category().message(reason)));
}

}  // namespace dae
