#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dae/noise.hpp"
#include "host/trained_network.hpp"

namespace dae {

/// One file to denoise.
struct DenoiseJob {
  enum class Kind {
    png,         ///< To a PNG of the same bit depth.
    idx,         ///< To a plain IDX file.
    idx_to_pngs  ///< To a folder with a PNG for each image.
  };
  Kind kind = Kind::png;
  std::filesystem::path input, output;
  std::filesystem::path noisy;  ///< Where the noisy input goes too; empty without --add-noise.
};

/// What becomes of an output file that is there already.
enum class IfExists { error, overwrite, skip };

struct DenoiseOptions {
  std::filesystem::path out;
  std::optional<NoiseRecipe> add_noise;
  IfExists if_exists = IfExists::error;
  bool as_png = false;    ///< Images of IDX files become PNG files.
  std::size_t limit = 0;  ///< The first so many images of an IDX file; 0: all.
};

/// The jobs for all inputs (files, or folders with MNIST's test images), with every name checked before any work is
/// done. Throws InputError for an input that cannot be read, and OutputError when two outputs have one name, one is an
/// input, or one exists and may not.
std::vector<DenoiseJob> plan_jobs(const std::vector<std::string>& inputs, const DenoiseOptions&);

/// Denoises a file, adding noise first where the options say so; `first_id` is the noise's id of its first image.
/// Returns the number of images. Throws InputError for a file whose images do not have the network's size, and
/// OutputError.
std::size_t run_job(const DenoiseJob&, const DenoiseOptions&, const TrainedNetwork&, const Shape& sample,
                    std::uint32_t first_id);

}  // namespace dae
