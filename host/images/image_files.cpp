#include "host/images/image_files.hpp"

#include <algorithm>
#include <system_error>

#include "host/images/codec.hpp"

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

}  // namespace dae
