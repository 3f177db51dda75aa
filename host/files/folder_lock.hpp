#pragma once

#include <filesystem>

namespace dae {

/// Holds a folder against other processes (and other locks of this one). The lock is the kernel's and lies on the open
/// folder itself: it ends with the process, however that ends, and leaves nothing on disk. File systems that cannot
/// lock a folder (some network ones) go unguarded.
class FolderLock {
 public:
  /// Throws OutputError when the folder is held already or cannot be opened.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int folder_ = -1;
};

}  // namespace dae
