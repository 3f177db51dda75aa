#include "host/files/file_layer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

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

}  // namespace dae
