#include "host/images/image_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "host/images/codec.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

namespace fs = std::filesystem;

/// Adds what is directly in the folder and returns the folders in it.
std::vector<fs::path> look_into(const fs::path& folder, const ImageWalk& walk, ImageFiles& found) {
  std::vector<fs::path> below;
  std::error_code error, ignored;
  fs::directory_iterator entry(folder, error);
  // By hand, because recursive_directory_iterator ends at the first folder that fails.
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const fs::path& path = entry->path();
    if (!entry->is_directory(ignored)) {
      if (has_image_name(path)) found.files.push_back(path);
    } else if (walk.recursive && std::ranges::none_of(walk.except, [&](const fs::path& each) {
                 return fs::equivalent(path, each, ignored);
               })) {
      if (entry->is_symlink(ignored))
        found.links.push_back({path, "is a link to a folder; such links are not followed"});
      else
        below.push_back(path);
    }
  }
  if (error) found.unreadable.push_back({folder, "cannot be read: " + error.message()});
  return below;
}

}  // namespace

ImageFiles image_files(const fs::path& folder, const ImageWalk& walk) {
  ImageFiles found;
  std::vector<fs::path> waiting = {folder};
  while (!waiting.empty()) {
    const fs::path next = std::move(waiting.back());
    waiting.pop_back();
    std::ranges::move(look_into(next, walk, found), std::back_inserter(waiting));
  }
  std::ranges::sort(found.files);
  const auto by_path = [](const ImageFiles::Left& a, const ImageFiles::Left& b) { return a.path < b.path; };
  std::ranges::sort(found.unreadable, by_path);
  std::ranges::sort(found.links, by_path);
  return found;
}

PartnerFolder::PartnerFolder(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& files)
    : folder_(folder) {
  for (const std::filesystem::path& file : files) {
    const std::filesystem::path relative = file.lexically_relative(folder);
    all_.insert(relative);
    by_stem_.emplace(std::filesystem::path(relative).replace_extension(), relative);
  }
  left_ = all_;
}

PartnerFolder::Partner PartnerFolder::partner_of(const std::filesystem::path& relative) {
  std::filesystem::path found = relative;
  if (!all_.contains(relative)) {
    const auto [first, last] = by_stem_.equal_range(std::filesystem::path(relative).replace_extension());
    if (first == last) return {{}, fmt::format("has no counterpart in {}", quote_path(folder_))};
    if (std::next(first) != last)
      return {{},
              fmt::format("has several counterparts in {}: {} and {}", quote_path(folder_), quote_path(first->second),
                          quote_path(std::next(first)->second))};
    found = first->second;
  }
  left_.erase(found);
  return {folder_ / found, {}};
}

std::vector<std::string> PartnerFolder::left() const {
  std::vector<std::string> names;
  for (const std::filesystem::path& path : left_) names.push_back(path.string());
  return names;
}

}  // namespace dae
