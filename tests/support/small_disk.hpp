#pragma once

#include <cstddef>
#include <filesystem>

/// A file system of its own in memory that holds no more than some bytes, for this object's life. Only root may mount
/// one: elsewhere `mounted()` is false and a test has nothing to show.
class SmallDisk {
 public:
  SmallDisk(const std::filesystem::path& folder, std::size_t bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  [[nodiscard]] bool mounted() const { return mounted_; }

 private:
  std::filesystem::path folder_;
  bool mounted_;
};
