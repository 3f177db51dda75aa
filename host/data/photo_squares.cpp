#include "host/data/photo_squares.hpp"

#include <algorithm>

#include "host/images/picture.hpp"

namespace dae {
namespace {

void append(ImageSet& set, const PhotoPixels& photo, int y, int x) {
  const auto in_8_bits = [&set](const auto& pixels) {
    for (const auto pixel : pixels) set.pixels.push_back(pixel_of<std::uint8_t>(unit_of(pixel)));
  };
  std::visit(in_8_bits, square_at(photo.clean, y, x, set.shape.h).pixels);
  if (!photo.noisy) return;
  const std::vector<float> noisy = unit_pixels(square_at(*photo.noisy, y, x, set.shape.h).image());
  set.noisy.insert(set.noisy.end(), noisy.begin(), noisy.end());
}

}  // namespace

Picture square_at(const Picture& picture, int y, int x, int side) {
  Picture square{{1, side, side, picture.shape.c}, {}};
  const auto row = static_cast<std::ptrdiff_t>(side * picture.shape.c);
  std::visit(
      [&](const auto& pixels) {
        std::decay_t<decltype(pixels)> cut;
        cut.reserve(square.shape.size());
        for (int dy = 0; dy < side; ++dy) {
          const auto from = pixels.begin() + (std::ptrdiff_t{y + dy} * picture.shape.w + x) * picture.shape.c;
          cut.insert(cut.end(), from, from + row);
        }
        square.pixels = std::move(cut);
      },
      picture.pixels);
  return square;
}

ImageSet squares_of(const PhotoFolder& photos, int side, std::size_t most) {
  const auto in_photo = [side](const Photo& photo) {
    return static_cast<std::size_t>(photo.shape.h / side) * static_cast<std::size_t>(photo.shape.w / side);
  };
  std::size_t all = 0;
  for (const Photo& photo : photos.photos) all += in_photo(photo);
  const std::size_t count = std::min(all, most);
  ImageSet set{{static_cast<int>(count), side, side, photos.photos.front().shape.c}, {}};
  std::size_t seen = 0, taken = 0;
  for (const Photo& photo : photos.photos) {
    std::optional<PhotoPixels> pixels;
    const auto across = static_cast<std::size_t>(photo.shape.w / side);
    for (std::size_t i = 0; i < in_photo(photo); ++i, ++seen) {
      if (taken == count || seen != taken * all / count) continue;
      if (!pixels) pixels = pixels_of(photo);
      append(set, *pixels, static_cast<int>(i / across) * side, static_cast<int>(i % across) * side);
      ++taken;
    }
  }
  return set;
}

}  // namespace dae
