#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace dae {

/// A regular file opened for reading from front to back. Every method throws InputError naming the path.
class InputFile {
 public:
  /// Refuses what is missing, unreadable, a folder, a FIFO, a socket or a device, without ever waiting for it.
  explicit InputFile(const std::filesystem::path& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// Fills the front of `into` and returns how many bytes came; fewer than asked for only at the end of the file.
  std::size_t read(std::span<char> into);
  /// The size when the file was opened.
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  std::filesystem::path path_;
  std::uint64_t size_ = 0;
  int file_ = -1;
};

/// The whole file. Throws InputError as InputFile does, and for a file of more than `limit` bytes.
std::string read_file(const std::filesystem::path& path, std::size_t limit);

}  // namespace dae
