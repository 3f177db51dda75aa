#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

/// An empty folder that goes away with everything in it at the end of a test.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Puts a file with these bytes into the folder, by plain means, and returns its path.
  [[nodiscard]] std::filesystem::path put(std::string_view name, std::string_view bytes) const;
  /// The names in the folder, sorted.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  std::filesystem::path path_;
};

/// The content of a file, by plain means.
std::string slurp(const std::filesystem::path& path);
