#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace dae {

/// Every system call by which dae changes a file or a folder. Each method does what the call of the same name does:
/// -1 and errno on failure. Tests override methods to make the Nth write fail.
class FileLayer {
 public:
  virtual ~FileLayer() = default;
  virtual int open(const char* path, int flags, mode_t mode);
  virtual ssize_t write(int file, const void* bytes, std::size_t size);
  virtual int fsync(int file);
  virtual int ftruncate(int file, off_t size);
  virtual int close(int file);
  virtual int rename(const char* from, const char* to);
  virtual int unlink(const char* path);
  virtual int mkdir(const char* path, mode_t mode);
};

/// The layer in use: the operating system's, unless a test has put in another.
FileLayer& file_layer();

/// Puts in another layer for this object's life. Not for use by several threads.
class ScopedFileLayer {
 public:
  explicit ScopedFileLayer(FileLayer& layer);
  ~ScopedFileLayer();
  ScopedFileLayer(const ScopedFileLayer&) = delete;
  ScopedFileLayer& operator=(const ScopedFileLayer&) = delete;

 private:
  FileLayer* before_;
};

/// Writes all bytes through the file layer, going on after interruptions and short writes. False, with errno, when a
/// write fails.
bool write_all(int file, std::string_view bytes);

/// Throws OutputError "cannot <action> '<path>': <the system's words for the errno `reason`>".
[[noreturn]] void fail_output(std::string_view action, const std::filesystem::path& path, int reason);

}  // namespace dae
