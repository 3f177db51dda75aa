#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "dae/batch.hpp"
#include "dae/shape.hpp"

namespace dae {

/// How large pixels are: as many a metre, or where the file says no unit their proportion alone. 0: the file says
/// nothing.
struct Density {
  std::uint32_t x = 0, y = 0;
  bool per_metre = true;
  friend bool operator==(const Density&, const Density&) = default;
};
inline constexpr double metres_an_inch = 0.0254;

/// Everything but the pixels that a file says of its picture, as bytes that nobody here looks into (but see
/// orientation_of); empty where it says nothing.
struct Metadata {
  std::string exif;  ///< A TIFF structure, without the "Exif" in front that JPEG has.
  std::string xmp;   ///< XML.
  std::string icc;   ///< A colour profile.
  /// Whole chunks of a PNG file: its colours and its texts. No other format has room for them.
  std::string png = {};
  Density density = {};
  friend bool operator==(const Metadata&, const Metadata&) = default;
};

/// One image of 1 to 4 channels (grey, grey and alpha, RGB, RGBA), h x w x c interleaved, 8 bit, 16 bit or float.
struct Picture {
  Shape shape;
  std::variant<std::vector<std::uint8_t>, std::vector<std::uint16_t>, std::vector<float>> pixels;
  Metadata metadata = {};

  /// A view that lives as long as this picture.
  [[nodiscard]] Image image() const;
};

/// A pixel in units of the range [0, 1]; floats as they are.
template <class Pixel>
float unit_of(Pixel pixel) {
  if constexpr (std::is_same_v<Pixel, float>)
    return pixel;
  else
    return static_cast<float>(pixel) / static_cast<float>(Pixel(-1));
}

/// The image's values scaled to [0, 1] (8 and 16 bit) or as they are (float), in h, w, c order.
std::vector<float> unit_pixels(const Image&);

/// The pixel of a value in units of the range [0, 1]: clipped and rounded, but as it is where pixels are floats. All
/// that is shown or written in 8 or 16 bits goes through this.
template <class Pixel>
Pixel pixel_of(float value) {
  if constexpr (std::is_same_v<Pixel, float>)
    return value;
  else  // A value that is no number becomes 0.
    return static_cast<Pixel>(std::lround((value >= 0 ? std::min(value, 1.0f) : 0.0f) * static_cast<float>(Pixel(-1))));
}

/// More pixels than this are refused, unless the caller raises the limit: such a file is more often an attack than a
/// picture.
inline constexpr std::size_t picture_limit = std::size_t{1} << 28;

/// Throws InputError, calling the file `name`, for a picture without pixels or with more of them than the limit.
void check_area(std::size_t width, std::size_t height, std::size_t limit, std::string_view name);

/// Throws InputError, calling the file `name`, for a picture with values that are no finite numbers.
void check_finite(const Picture& picture, std::string_view name);

/// Throws UsageError unless the picture has 1 to 4 channels and as many pixels as its shape says.
void check_picture(const Picture& picture);

/// EXIF's orientation, 1 to 8; 1 where it says none.
int orientation_of(const Metadata& metadata);

/// EXIF that says nothing but the orientation.
std::string exif_of_orientation(int orientation);

}  // namespace dae
