#include "host/denoise/denoise_plan.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <map>
#include <optional>
#include <set>

#include "dae/error.hpp"
#include "host/denoise/denoise_inputs.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

namespace fs = std::filesystem;

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
