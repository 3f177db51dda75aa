#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "host/denoise/denoise_job.hpp"
#include "host/denoise/manifest.hpp"
#include "host/images/image_files.hpp"

namespace dae {

/// The work there is, with every name checked before any of it is done.
struct DenoisePlan {
  std::vector<DenoiseJob> jobs;
  std::vector<ImageFiles::Left> failed;  ///< Inputs that are missing, cannot be read or hold nothing.
  std::vector<ImageFiles::Left> links;   ///< Passed over: see ImageFiles, and --out among other inputs.
  std::size_t done = 0;                  ///< Files that an earlier run has done, under IfExists::skip.
  std::size_t foreign = 0;               ///< Results that are there but not ours: left as they are, under skip.
};

/// Takes files, folders of pictures, folders with MNIST's test images, and patterns of names. Files in a folder of
/// pictures that end as images do are taken, but for what lies in --out. Throws OutputError when two results would have
/// one name, one would take the place of an input or of a folder, or one exists and may not.
DenoisePlan plan_denoising(const std::vector<std::string>& inputs, const DenoiseOptions&, const Manifest&);

}  // namespace dae
