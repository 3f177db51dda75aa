#include "host/noise/picture_noise.hpp"

namespace dae {

void add_noise(Picture& picture, const NoiseRecipe& recipe, std::uint32_t id) {
  const auto c = static_cast<std::size_t>(picture.shape.c), colours = std::size_t{c >= 3 ? 3U : 1U};
  const std::vector<float> all = unit_pixels(picture.image());
  std::vector<float> values;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (i % c < colours) values.push_back(all[i]);
  const Shape shape{1, picture.shape.h, picture.shape.w, static_cast<int>(colours)};
  add_noise(values, shape, recipe, RngStream::demonstration, 0, id);
  std::visit(
      [&]<class Pixel>(std::vector<Pixel>& pixels) {
        std::size_t next = 0;
        for (std::size_t i = 0; i < pixels.size(); ++i)
          if (i % c < colours) pixels[i] = pixel_of<Pixel>(values[next++]);
      },
      picture.pixels);
}

}  // namespace dae
