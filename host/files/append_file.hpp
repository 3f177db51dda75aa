#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace dae {

/// A text file that grows line by line, such as a CSV. Every append is handed to the system at once, so nothing of it
/// is lost when the process is killed; a power failure may cost the last lines.
class AppendFile {
 public:
  /// Opens the file, makes it if it is missing, and cuts it to its first `keep` bytes. Throws OutputError.
  explicit AppendFile(const std::filesystem::path& path, std::uint64_t keep = 0);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  /// Throws OutputError.
  void append(std::string_view text);
  /// Bytes in the file: what a checkpoint notes to hand it to `keep` on resuming.
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  std::filesystem::path path_;
  std::uint64_t size_;
  int file_;
};

}  // namespace dae
