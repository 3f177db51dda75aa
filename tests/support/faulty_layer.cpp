#include "tests/support/faulty_layer.hpp"

#include <cerrno>

bool FaultyLayer::fails() {
  if (calls_++ != fault_.at) return false;
  errno = fault_.error;
  return true;
}

int FaultyLayer::open(const char* path, int flags, mode_t mode) {
  return fails() ? -1 : FileLayer::open(path, flags, mode);
}

ssize_t FaultyLayer::write(int file, const void* bytes, std::size_t size) {
  if (!fails()) return FileLayer::write(file, bytes, size);
  if (!fault_.partial || size < 2) return -1;
  ++fault_.at;
  return FileLayer::write(file, bytes, size / 2);
}

int FaultyLayer::fsync(int file) { return fails() ? -1 : FileLayer::fsync(file); }
int FaultyLayer::ftruncate(int file, off_t size) { return fails() ? -1 : FileLayer::ftruncate(file, size); }
int FaultyLayer::rename(const char* from, const char* to) { return fails() ? -1 : FileLayer::rename(from, to); }
int FaultyLayer::unlink(const char* path) { return fails() ? -1 : FileLayer::unlink(path); }
int FaultyLayer::mkdir(const char* path, mode_t mode) { return fails() ? -1 : FileLayer::mkdir(path, mode); }

int FaultyLayer::close(int file) {
  // As Linux does it: the descriptor is gone even when closing reports an error.
  const bool failing = fails();
  const int reason = errno;
  const int closed = FileLayer::close(file);
  errno = reason;
  return failing ? -1 : closed;
}
