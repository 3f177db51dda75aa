#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/evaluation/contact_sheet.hpp"
#include "host/evaluation/metrics.hpp"

namespace dae {

/// A picture's figures, or their means.
struct ComparedPicture {
  std::string name;
  Shape shape;
  PictureQuality result;
  std::optional<PictureQuality> noisy;
};

struct FolderComparison {
  std::vector<ComparedPicture> pictures;
  ComparedPicture mean;           ///< Called "mean"; where there are pictures.
  std::size_t failed = 0;         ///< Pictures and folders that could not be compared.
  std::size_t without_clean = 0;  ///< Results that belong to no clean picture.
  ContactSheet sheet;
};

/// Folders of pictures that belong together by their relative names; a result may have another ending than its
/// original.
struct ComparedFolders {
  std::filesystem::path clean, result;
  std::filesystem::path noisy;  ///< The input of the network; empty where that is not to be measured.
  int sheet_rows = 0;           ///< Pictures on the contact sheet, the first ones by name.
};

/// Measures every result beside its clean picture, see host/evaluation/metrics.hpp. `say` is told in a line of
/// each that fails; the others go on. Throws InputError where a folder cannot be read or `clean` holds no image.
FolderComparison compare_folders(const ComparedFolders& folders, const std::function<void(std::string_view)>& say);

}  // namespace dae
