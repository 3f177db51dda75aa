#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dae/noise.hpp"
#include "host/images/codec.hpp"
#include "host/trained_network.hpp"

namespace dae {

/// One file to denoise.
struct DenoiseJob {
  enum class Kind {
    picture,     ///< To a picture of the same depth, layout and, without --format, format.
    idx,         ///< To a plain IDX file.
    idx_to_pngs  ///< To a folder with a PNG for each image.
  };
  Kind kind = Kind::picture;
  std::filesystem::path input, output;
  std::filesystem::path noisy;  ///< Where the noisy input goes too; empty without --add-noise.
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

/// The jobs for all inputs (files, folders of pictures, or folders with MNIST's test images), with every name checked
/// before any work is done. Files in a folder of pictures that end as images do are taken, but for what lies in --out.
/// Throws InputError for an input that cannot be read, and OutputError when two outputs have one name, one is an input,
/// or one exists and may not.
std::vector<DenoiseJob> plan_jobs(const std::vector<std::string>& inputs, const DenoiseOptions&);

/// Denoises an IDX file, adding noise first where the options say so; `first_id` is the noise's id of its first image.
/// Returns the number of images. Throws InputError for a file whose images do not have the network's size, and
/// OutputError.
std::size_t run_idx(const DenoiseJob&, const DenoiseOptions&, const TrainedNetwork&, const Shape& sample,
                    std::uint32_t first_id);

/// Adds noise to a picture's colours, with `id` as the noise's.
void add_noise(Picture& picture, const NoiseRecipe& recipe, std::uint32_t id);

}  // namespace dae
