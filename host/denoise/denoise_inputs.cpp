#include "host/denoise/denoise_inputs.hpp"

#include <glob.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <string_view>

#include "dae/error.hpp"
#include "host/data/idx.hpp"
#include "host/files/input_file.hpp"

namespace dae {
namespace {

namespace fs = std::filesystem;

/// Whether a file is to be read as IDX, plain or gzip. Whatever is neither that nor a picture that is known is left to
/// the codecs, which tell best what is wrong with it. Throws InputError for a file that cannot be read.
bool is_idx(const fs::path& path) {
  std::array<char, 16> bytes{};
  InputFile file(path);
  const std::string_view start(bytes.data(), file.read(bytes));
  return codec_of_bytes(start) == nullptr && !has_image_name(path) && !start.empty();
}

/// `name` is the output's path relative to the folder for outputs, in the input's format.
DenoiseJob picture_job(const fs::path& input, const fs::path& name, const DenoiseOptions& options) {
  DenoiseJob job{DenoiseJob::Kind::picture, input, options.out / name, {}};
  if (options.format != nullptr) job.output.replace_extension(options.format->extensions[0]);
  return job;
}

DenoiseJob file_job(const fs::path& input, const DenoiseOptions& options) {
  if (!is_idx(input)) return picture_job(input, input.filename(), options);
  DenoiseJob job{options.format != nullptr ? DenoiseJob::Kind::idx_to_pictures : DenoiseJob::Kind::idx, input, {}, {}};
  fs::path name = input.filename();
  if (name.extension() == ".gz") name.replace_extension();
  job.output = options.out / name;
  return job;
}

void add_folder(DenoisePlan& plan, const fs::path& folder, const DenoiseOptions& options) {
  ImageFiles found = image_files(folder, {options.recursive, {options.out}});
  if (found.files.empty() && found.unreadable.empty())
    plan.failed.push_back(
        {folder, options.recursive ? "holds no image" : "holds no image; --recursive looks into the folders in it"});
  for (const fs::path& file : found.files)
    plan.jobs.push_back(picture_job(file, file.lexically_relative(folder), options));
  for (ImageFiles::Left& left : found.unreadable) plan.failed.push_back(std::move(left));
  for (ImageFiles::Left& left : found.links) plan.links.push_back(std::move(left));
}

void add_path(DenoisePlan& plan, const fs::path& input, const DenoiseOptions& options) {
  std::error_code error;
  try {
    if (!fs::is_directory(input, error))
      plan.jobs.push_back(file_job(input, options));
    else if (const auto file = images_in(input, Split::test))
      plan.jobs.push_back(file_job(*file, options));
    else
      add_folder(plan, input, options);
  } catch (const InputError& failure) {
    plan.failed.push_back({input, failure.what()});
  }
}

/// The files that a pattern such as "*.png" stands for, for shells that leave that to the program, and for patterns in
/// quotes; just the input where it is a file's name or nothing fits.
std::vector<std::string> matches(const std::string& input) {
  std::error_code error;
  if (fs::exists(fs::symlink_status(input, error)) || input.find_first_of("*?[") == std::string::npos) return {input};
  glob_t found{};
  const std::unique_ptr<glob_t, void (*)(glob_t*)> owner(&found, ::globfree);
  if (::glob(input.c_str(), 0, nullptr, &found) != 0) return {input};
  return {found.gl_pathv, found.gl_pathv + found.gl_pathc};
}

}  // namespace

DenoisePlan find_jobs(const std::vector<std::string>& inputs, const DenoiseOptions& options) {
  DenoisePlan plan;
  std::vector<std::string> paths;
  for (const std::string& input : inputs) std::ranges::move(matches(input), std::back_inserter(paths));
  std::error_code ignored;
  for (const std::string& path : paths) {
    // As a pattern takes it along on the second run. Alone it cannot be meant.
    if (paths.size() > 1 && fs::is_directory(path, ignored) && fs::equivalent(path, options.out, ignored))
      plan.links.push_back({path, "is the folder for results: what lies in it is no input"});
    else
      add_path(plan, path, options);
  }
  for (std::uint32_t id = 0; DenoiseJob & job : plan.jobs) job.id = id++;
  return plan;
}

}  // namespace dae
