#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dae/graph.hpp"
#include "host/idx.hpp"
#include "host/images/picture.hpp"

/// \file
/// Photos for training and evaluation: every image file below a folder.
namespace dae {

/// A photo in memory. Its name is the path relative to the folder.
struct Photo {
  std::string name;
  Picture picture;
};

/// A file that could not be used, and why.
struct SkippedFile {
  std::string name, reason;
};

struct PhotoFolder {
  std::vector<Photo> photos;  ///< By name, all with the channels that were asked for.
  std::vector<SkippedFile> skipped;
};

/// True when the path is a folder without MNIST's files that holds, at any depth, a file with the name of an image.
bool is_photo_folder(const std::filesystem::path& path);

/// Reads all images below a folder on `threads` threads, in the order of their names, at most `limit` of them where it
/// is not 0. Grey and colour are turned into `channels` (1 or 3), transparency is left out. Files that cannot be read,
/// and images of which a side is shorter than `least_side`, are skipped. Throws InputError when nothing is left.
PhotoFolder read_photos(const std::filesystem::path& folder, int channels, int least_side, int threads,
                        std::size_t limit = 0);

/// Squares of `side` pixels that lie side by side in the photos, at most `most`, spread evenly over all there are; 8
/// bit.
ImageSet squares_of(const PhotoFolder& photos, int side, std::size_t most);

/// Channels that images must have for the graph to be a denoiser: 1 where it is one for grey images, else 3. Throws
/// ShapeError when it is neither.
int photo_channels(const Graph& graph, int side);

}  // namespace dae
