#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "dae/noise.hpp"
#include "host/denoise/photo_denoiser.hpp"
#include "host/images/codec.hpp"

namespace dae {

/// One file to denoise.
struct DenoiseJob {
  enum class Kind {
    picture,         ///< To a picture of the same depth, layout and, without a format that is asked for, format.
    idx,             ///< To a plain IDX file.
    idx_to_pictures  ///< To a folder with a file for each image.
  };
  Kind kind = Kind::picture;
  std::filesystem::path input, output;
  std::filesystem::path noisy;  ///< Where the noisy input goes too; empty where no noise is added.
  std::uint32_t id = 0;         ///< The added noise's: the file's place among all that were named.
};

/// Figures of a file that was denoised.
struct DenoisedFile {
  std::size_t images = 1;
  Shape shape = {};                          ///< One image's.
  double seconds = 0;                        ///< Loading, denoising and saving together.
  double noise_before = 0, noise_after = 0;  ///< See estimated_noise; of pictures only.
};

/// The fate of an output file that is there already.
enum class IfExists { error, overwrite, skip, rename };

/// Threads that work side by side. Each that processes has a device of its own.
struct PipelineThreads {
  int load = 1, process = 1, save = 1;
};

struct DenoiseOptions {
  std::filesystem::path out;
  IfExists if_exists = IfExists::error;
  const Codec* format = nullptr;  ///< For the results; null: the input's. An IDX file's images then become files of it.
  EncodeOptions encode;
  bool recursive = false;  ///< Folders with all that is below them; the tree is kept.
  std::size_t most_pixels = picture_limit;
  std::size_t limit = 0;                 ///< The first so many images of an IDX file; 0: all.
  std::optional<NoiseRecipe> add_noise;  ///< Added first; the noisy input is written too.
  DenoiserOptions network;               ///< All threads that process share its memory.
  std::optional<PipelineThreads> jobs;   ///< Null: as suits the machine, the device and the files.
  int threads = 1;                       ///< Cores that the devices share if they are CPU devices.
};

}  // namespace dae
