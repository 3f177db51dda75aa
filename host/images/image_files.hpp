#pragma once

#include <filesystem>
#include <map>
#include <set>
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

/// The other half of pairs of images: files of the same relative name in another folder.
class PartnerFolder {
 public:
  /// `files`: the images below `folder`.
  PartnerFolder(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& files);

  struct Partner {
    std::filesystem::path file;
    std::string problem;  ///< Why there is none; else empty.
  };
  /// The partner of a file of the given relative name: the file of the same name, or else the only one that differs
  /// in its extension alone.
  Partner partner_of(const std::filesystem::path& relative);
  /// Relative names, in order, of the files that were nobody's partner so far.
  [[nodiscard]] std::vector<std::string> left() const;

 private:
  std::filesystem::path folder_;
  std::set<std::filesystem::path> left_, all_;  // relative
  std::multimap<std::filesystem::path, std::filesystem::path> by_stem_;
};

}  // namespace dae
