#include "host/denoise/denoise_plan.hpp"

#include <fmt/format.h>
#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>

#include "dae/error.hpp"
#include "host/data/idx.hpp"
#include "host/files/input_file.hpp"
#include "host/text/quote.hpp"

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

/// Finds the files that the inputs stand for: `jobs`, `failed` and `links` of a plan. Names are not checked.
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

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(fs::symlink_status(path, error));
}

/// The files that are to be denoised, whatever names they are reached by.
class Inputs {
 public:
  explicit Inputs(const std::vector<DenoiseJob>& jobs) {
    for (const DenoiseJob& job : jobs)
      if (const auto id = id_of(job.input)) ids_.insert(*id);
  }
  [[nodiscard]] bool contain(const fs::path& path) const {
    const auto id = id_of(path);
    return id && ids_.contains(*id);
  }

 private:
  using Id = std::pair<dev_t, ino_t>;
  static std::optional<Id> id_of(const fs::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return std::nullopt;
    return Id{status.st_dev, status.st_ino};
  }
  std::set<Id> ids_;
};

/// The names that results will have, and who has them.
class Names {
 public:
  explicit Names(const DenoiseOptions& options) : options_(options) {}

  /// A name with a number that nobody has.
  [[nodiscard]] fs::path free_one(const fs::path& path) const {
    fs::path result = path;
    for (int i = 1; owners_.contains(result.lexically_normal()) || is_there(result); ++i)
      result = path.parent_path() / (path.stem().string() + fmt::format("-{}", i) + path.extension().string());
    return result;
  }

  void take(const fs::path& path, const fs::path& input) {
    if (path.lexically_normal() == (options_.out / manifest_name).lexically_normal())
      throw OutputError(fmt::format("{}: the result would take the place of {}; rename the input", quote_path(input),
                                    quote_path(path)));
    const auto [owner, free] = owners_.emplace(path.lexically_normal(), input);
    if (free) return;
    throw OutputError(
        fmt::format("{} and {}: both results would be {}; use --if-exists rename, or denoise into two folders",
                    quote_path(owner->second), quote_path(input), quote_path(path)));
  }

  /// Once all are taken: whether every result's folder is, or can become, one.
  void check_folders() const {
    std::set<fs::path> seen;
    std::error_code error;
    for (const auto& [path, input] : owners_)
      for (fs::path folder = path.parent_path(); !folder.empty() && seen.insert(folder).second;
           folder = folder.parent_path()) {
        const bool is_file = is_there(folder) && !fs::is_directory(folder, error);
        if (is_file || owners_.contains(folder))
          throw OutputError(fmt::format("{}: its result needs the folder {}, which is a file{}", quote_path(input),
                                        quote_path(folder), is_file ? "" : " as well"));
        if (folder == folder.parent_path()) break;
      }
  }

 private:
  const DenoiseOptions& options_;
  std::map<fs::path, fs::path> owners_;
};

/// Takes the names of a job's results. Tells whether one of them is there already; throws OutputError where it may not.
bool take_names(const DenoiseJob& job, const DenoiseOptions& options, const Inputs& files, Names& names) {
  bool there = false;
  for (const fs::path& path : {job.output, job.noisy}) {
    if (path.empty()) continue;
    names.take(path, job.input);
    if (!is_there(path)) continue;
    there = true;
    if (files.contain(path)) throw OutputError(fmt::format("{}: is an input; give another --out", quote_path(path)));
    if (options.if_exists == IfExists::error)
      throw OutputError(fmt::format(
          "{}: exists already; use --if-exists skip, overwrite or rename, or give another --out", quote_path(path)));
  }
  return there;
}

}  // namespace

DenoisePlan plan_denoising(const std::vector<std::string>& inputs, const DenoiseOptions& options,
                           const Manifest& manifest) {
  DenoisePlan plan = find_jobs(inputs, options);
  std::vector<DenoiseJob> jobs = std::move(plan.jobs);
  plan.jobs.clear();
  const Inputs files(jobs);
  Names names(options);
  for (DenoiseJob& job : jobs) {
    if (options.if_exists == IfExists::rename) job.output = names.free_one(job.output);
    if (options.add_noise)
      job.noisy = job.output.parent_path() / (job.output.stem().string() + "-noisy" + job.output.extension().string());
    const bool there = take_names(job, options, files, names);
    const Manifest::Known known =
        there && options.if_exists == IfExists::skip ? manifest.known(job) : Manifest::Known::other;
    if (known == Manifest::Known::other)
      plan.jobs.push_back(std::move(job));
    else
      ++(known == Manifest::Known::done ? plan.done : plan.foreign);
  }
  names.check_folders();
  return plan;
}

}  // namespace dae
