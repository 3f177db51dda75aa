#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "dae/device.hpp"

namespace dae::test {

/// Images of 8-bit pixels, each different, and samples that take each of them once.
struct SmallImages {
  Shape shape;
  std::vector<std::vector<std::uint8_t>> pixels;

  SmallImages(int count, const Shape& image) : shape(image) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      auto& each = pixels.emplace_back(shape.sample_size());
      for (std::size_t j = 0; j < each.size(); ++j) each[j] = static_cast<std::uint8_t>(i * 97 + j * 31 + j * j * 7);
    }
  }
  [[nodiscard]] Image image(std::size_t i) const { return {shape, std::span<const std::uint8_t>(pixels[i])}; }
  /// The value that a device reads, in [0, 1].
  [[nodiscard]] float value(std::size_t i, int y, int x, int c) const {
    return static_cast<float>(pixels[i][static_cast<std::size_t>((y * shape.w + x) * shape.c + c)]) / 255.0f;
  }
  [[nodiscard]] std::unique_ptr<ImageStore> store(Device& device) const {
    auto made = device.make_image_store(static_cast<std::uint32_t>(pixels.size()), pixels.size() * shape.sample_size());
    for (std::size_t i = 0; i < pixels.size(); ++i) made->put(static_cast<std::uint32_t>(i), image(i));
    return made;
  }
  [[nodiscard]] std::vector<Sample> samples() const {
    std::vector<Sample> all(pixels.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i].slot = all[i].id = static_cast<std::uint32_t>(i);
    return all;
  }
};

}  // namespace dae::test
