#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dae {

/// The image files of a folder, by their names' endings.
struct ImageFiles {
  /// A folder, or a link to one, that was not looked into, and why.
  struct Left {
    std::filesystem::path path;
    std::string reason;
  };
  std::vector<std::filesystem::path> files;  ///< Sorted. Links to files count; they may lead nowhere.
  std::vector<Left> unreadable;
  std::vector<Left> links;  ///< To folders: never followed, so that there is no loop.
};

/// How image_files walks.
struct ImageWalk {
  bool recursive = true;                           ///< Whether folders in the folder are looked into.
  std::vector<std::filesystem::path> except = {};  ///< Folders that are passed over with all below; may be missing.
};

/// Looks for images in a folder, and goes on after what cannot be read: a folder that cannot, the first one included,
/// is named in `unreadable`.
ImageFiles image_files(const std::filesystem::path& folder, const ImageWalk& walk = {});

}  // namespace dae
