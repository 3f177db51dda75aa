#include "tests/support/tiff_bytes.hpp"

#include <algorithm>

std::string tiff_file(const std::vector<TiffTags>& directories, std::string pixels) {
  pixels.resize(pixels.size() + pixels.size() % 2);
  std::string bytes = std::string("II*\0", 4);
  const auto put = [&](std::size_t value, int size) {
    for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i));
  };
  put(8 + pixels.size(), 4);
  bytes += pixels;
  for (std::size_t i = 0; i < directories.size(); ++i) {
    put(directories[i].size(), 2);
    for (const auto& [tag, value] : directories[i]) {
      put(static_cast<std::size_t>(tag), 2);
      put(3, 2);
      put(1, 4);
      put(static_cast<std::size_t>(value), 4);
    }
    put(i + 1 < directories.size() ? bytes.size() + 4 : 0, 4);
  }
  return bytes;
}

TiffTags tiff_tags(int width, int height, int photometric, int samples, const TiffTags& more) {
  TiffTags tags = {{256, width},   {257, height},      {258, 8},
                   {259, 1},       {262, photometric}, {273, 8},
                   {277, samples}, {278, height},      {279, width * height * samples}};
  tags.insert(tags.end(), more.begin(), more.end());
  std::ranges::sort(tags);
  return tags;
}
