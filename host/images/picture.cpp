#include "host/images/picture.hpp"

#include <fmt/format.h>

#include <limits>

#include "dae/error.hpp"

namespace dae {
namespace {

/// Reads numbers of either byte order; 0 beyond the end.
class TiffNumbers {
 public:
  explicit TiffNumbers(std::string_view bytes) : bytes_(bytes), little_(bytes.starts_with("II")) {}
  [[nodiscard]] std::uint32_t at(std::size_t place, std::size_t size) const {
    if (place > bytes_.size() || size > bytes_.size() - place) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
      value = value << 8 | static_cast<unsigned char>(bytes_[place + (little_ ? size - 1 - i : i)]);
    return value;
  }

 private:
  std::string_view bytes_;
  bool little_;
};

constexpr std::uint32_t orientation_tag = 0x112;

}  // namespace

Image Picture::image() const {
  Image result{shape, {}};
  std::visit([&](const auto& values) { result.pixels = std::span(values); }, pixels);
  return result;
}

void check_area(std::size_t width, std::size_t height, std::size_t limit, std::string_view name) {
  constexpr std::size_t longest = std::numeric_limits<int>::max();
  if (width == 0 || height == 0 || width > longest || height > longest)
    throw InputError(fmt::format("{} is damaged: it claims {} x {} pixels", name, width, height));
  if (width > limit / height)
    throw InputError(
        fmt::format("{} has {} x {} pixels, more than the limit of {}; raise it with --max-pixels where there is that "
                    "flag, if you trust the file",
                    name, width, height, limit));
}

void check_picture(const Picture& picture) {
  const Shape& shape = picture.shape;
  const bool fits = shape.n == 1 && shape.h > 0 && shape.w > 0 && shape.c >= 1 && shape.c <= 4;
  const std::size_t size = std::visit([](const auto& pixels) { return pixels.size(); }, picture.pixels);
  if (!fits || size != shape.size()) throw UsageError("a picture's pixels do not fit its shape");
}

int orientation_of(const Metadata& metadata) {
  const TiffNumbers numbers(metadata.exif);
  const std::size_t directory = numbers.at(4, 4), entries = numbers.at(directory, 2);
  for (std::size_t i = 0; i < entries && directory + 2 + 12 * i + 12 <= metadata.exif.size(); ++i) {
    const std::size_t entry = directory + 2 + 12 * i;
    if (numbers.at(entry, 2) != orientation_tag) continue;
    const std::uint32_t value = numbers.at(entry + 8, 2);
    if (value >= 1 && value <= 8) return static_cast<int>(value);
  }
  return 1;
}

std::string exif_of_orientation(int orientation) {
  std::string exif("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\0\0\0\0\0\0\0\0", 26);
  exif[18] = static_cast<char>(orientation);
  return exif;
}

}  // namespace dae
