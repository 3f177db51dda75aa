#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace dae {

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
