#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "dae/noise.hpp"
#include "host/images/codec.hpp"

namespace dae {

/// One file to denoise.
struct DenoiseJob {
  enum class Kind {
    picture,         ///< To a picture of the same depth, layout and, without --format, format.
    idx,             ///< To a plain IDX file.
    idx_to_pictures  ///< To a folder with a file for each image.
  };
  Kind kind = Kind::picture;
  std::filesystem::path input, output;
  std::filesystem::path noisy;  ///< Where the noisy input goes too; empty without --add-noise.
  std::uint32_t id = 0;         ///< Of the noise that is added: the file's place among all that were named.
};

/// What becomes of an output file that is there already.
enum class IfExists { error, overwrite, skip, rename };

struct DenoiseOptions {
  std::filesystem::path out;
  std::optional<NoiseRecipe> add_noise;
  IfExists if_exists = IfExists::error;
  const Codec* format = nullptr;  ///< Of the results; null: the input's. An IDX file's images then become files of it.
  EncodeOptions encode;
  bool recursive = false;  ///< Folders with all that is below them; the tree is kept.
  std::size_t most_pixels = picture_limit;
  std::size_t limit = 0;  ///< The first so many images of an IDX file; 0: all.
};

}  // namespace dae
