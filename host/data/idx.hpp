#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dae/batch.hpp"
#include "dae/shape.hpp"
#include "host/files/gzip.hpp"

/// \file
/// MNIST's file format: 0, 0, the element type, the rank, the extents as big-endian 32-bit numbers, then the elements.
namespace dae {

/// Images of one size, in n, h, w, c order.
struct ImageSet {
  Shape shape;
  std::vector<std::uint8_t> pixels;
  std::vector<float> noisy = {};  ///< The images' noisy counterparts; empty where noise is drawn.

  /// Image i as a view that lives as long as this set.
  [[nodiscard]] Image image(std::size_t i) const;
  /// Its noisy counterpart likewise, of a set that has them.
  [[nodiscard]] Image noisy_image(std::size_t i) const;
};

/// Reads unsigned bytes of rank 3 (n, h, w) or 4 (n, h, w, c), plain or gzip whatever the file is called. With a limit
/// only the first `limit` images are read, and what follows them is not looked at. Throws InputError; memory grows with
/// the bytes that really arrive, not with what the header claims.
ImageSet read_idx(const std::filesystem::path& path, std::size_t limit = 0);

/// The same from bytes that come from anywhere; `name` is what messages call the file.
ImageSet decode_idx(ByteSource source, const std::string& name, std::size_t limit = 0);

/// Writes plain IDX: rank 3 for one channel, else rank 4. Throws OutputError.
void write_idx(const std::filesystem::path& path, const ImageSet& images);

enum class Split { train, test };

/// MNIST's own file of a folder: train-images-idx3-ubyte or t10k-images-idx3-ubyte, plain first, then .gz; nothing
/// where there is neither.
std::optional<std::filesystem::path> images_in(const std::filesystem::path& folder, Split split);

/// The image file that a path stands for: a file is itself, a folder is searched with images_in. Throws InputError
/// naming what was looked for.
std::filesystem::path find_images(const std::filesystem::path& file_or_folder, Split split);

}  // namespace dae
