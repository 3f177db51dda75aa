#include "host/data/partner_folder.hpp"

#include <fmt/format.h>

#include "host/text/quote.hpp"

namespace dae {

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
