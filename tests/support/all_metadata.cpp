#include "tests/support/all_metadata.hpp"

#include <string_view>

namespace {

/// A profile for RGB with one tag: what formats check of one. libpng takes one that compresses too well for damaged.
std::string colour_profile() {
  std::string profile(144, '\0');
  unsigned state = 1;
  for (int i = 0; i < 200; ++i) profile.push_back(static_cast<char>((state *= 69069U) >> 24));
  const auto put = [&profile](std::size_t at, std::string_view bytes) { profile.replace(at, bytes.size(), bytes); };
  put(2, "\x01\x58");
  put(4, "lcms\x02\x10");
  put(12, "mntrRGB XYZ ");
  put(36, "acsp");
  put(68, std::string_view("\0\0\xF6\xD6\0\1\0\0\0\0\xD3\x2D", 12));
  put(128, std::string_view("\0\0\0\1desc\0\0\0\x90\0\0\0\xC8", 16));
  return profile;
}

}  // namespace

dae::Metadata all_metadata() {
  return {dae::exif_of_orientation(6) + "camera", "<x:xmpmeta>\xC3\xA4</x:xmpmeta>", colour_profile()};
}
