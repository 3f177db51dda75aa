#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "dae/graph.hpp"
#include "host/images/picture.hpp"

namespace dae {

/// The pixels of a photo, or of a clean photo and its noisy counterpart.
struct PhotoPixels {
  Picture clean;
  std::optional<Picture> noisy;  ///< Its shape is the same. Where there is none, noise is drawn.
};

/// A photo, or a pair of them, that could be read. Its pixels are here, or are read from the files again.
struct Photo {
  std::string name;                   ///< Relative to the folder that it was found in.
  std::filesystem::path file, noisy;  ///< noisy: the counterpart's file; empty where there is none.
  Shape shape;                        ///< One image's; c is what was asked for.
  std::size_t bytes = 0;              ///< All its pixels.
  std::uint32_t checksum = 0;         ///< CRC-32 of the pixels, the clean ones first.
  std::optional<PhotoPixels> kept;
};

/// Reads a photo and, unless `noisy` is empty, its counterpart. Grey and colour are turned into `channels` (1 or 3),
/// transparency is left out. Throws InputError when one cannot be read or their sizes differ.
Photo read_photo(std::string name, std::filesystem::path file, std::filesystem::path noisy, int channels);

/// The photo's pixels, read again where they are not kept. Throws InputError when its files are not what they were.
PhotoPixels pixels_of(const Photo&);

/// Channels that images must have for the graph to be a denoiser: 1 where it is one for grey images, else 3. Throws
/// ShapeError when it is neither.
int photo_channels(const Graph& graph, int side);

}  // namespace dae
