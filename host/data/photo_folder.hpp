#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "host/data/idx.hpp"
#include "host/data/photo.hpp"

/// \file
/// Photos for training and evaluation: every image file below a folder.
namespace dae {

/// A file that could not be used, and why; or a link to a folder, which nobody follows.
struct SkippedFile {
  std::string name, reason;
  bool link = false;
};

struct PhotoFolder {
  std::vector<Photo> photos;  ///< By name.
  std::vector<SkippedFile> skipped;
};

struct PhotoOptions {
  int channels = 1;    ///< See read_photo.
  int least_side = 1;  ///< Smaller images are skipped.
  int threads = 1;
  std::size_t limit = 0;                                       ///< Looks at so many files only; 0: at all.
  std::size_t keep = std::numeric_limits<std::size_t>::max();  ///< Bytes of pixels to keep; what is beyond is dropped.
  std::optional<std::filesystem::path> noisy = {};  ///< The photos' counterparts, by relative name (see PartnerFolder).
};

/// True when the path is a folder without MNIST's files that holds, at any depth, a file with the name of an image.
bool is_photo_folder(const std::filesystem::path& path);

/// Reads all images below a folder, in the order of their names. Files that cannot be read, are too small or have no
/// counterpart are skipped, and so are counterparts without a clean photo. Throws InputError when nothing is left.
PhotoFolder read_photos(const std::filesystem::path& folder, const PhotoOptions&);

/// Squares of `side` pixels that lie side by side in the photos, at most `most`, spread evenly over all there are; the
/// clean ones of 8 bit. Photos whose pixels are not kept are read again.
ImageSet squares_of(const PhotoFolder& photos, int side, std::size_t most);

/// The square of a picture whose upper left corner is at y, x; it must lie inside.
Picture square_at(const Picture& picture, int y, int x, int side);

}  // namespace dae
