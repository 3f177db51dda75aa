#pragma once

#include <vector>

#include "host/denoise/denoise_job.hpp"

namespace dae {

/// A job's input: one picture, or the images of an IDX file.
struct JobImages {
  const Codec* codec = nullptr;  ///< For the results; null for an IDX file.
  std::vector<Picture> images;
};

/// Reads a job's input and adds noise where the options say so. The images of an IDX file must have the size that the
/// network was trained on, `sample`. Throws InputError.
JobImages read_images(const DenoiseJob& job, const DenoiseOptions& options, const Shape& sample);

/// Writes what read_images read, or the answers to it. Throws UsageError where the format does not hold it, and
/// OutputError.
void write_images(const std::filesystem::path& path, const DenoiseJob& job, const Codec* codec,
                  std::vector<Picture> images, const EncodeOptions& encode);

}  // namespace dae
