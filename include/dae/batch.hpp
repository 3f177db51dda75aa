#pragma once

#include <cstdint>
#include <span>
#include <variant>

#include "dae/noise.hpp"
#include "dae/shape.hpp"

namespace dae {

/// One image in host memory, h x w x c interleaved. 8 and 16 bit are scaled to [0, 1] when they are read; float is
/// taken as it is.
struct Image {
  Shape shape;
  std::variant<std::span<const std::uint8_t>, std::span<const std::uint16_t>, std::span<const float>> pixels;
};

/// Row and column flips and a transposition: bit 0 mirrors columns, bit 1 mirrors rows, bit 2 swaps rows and columns
/// first. 0 to 7 are the eight orientations of a square.
using Orientation = std::uint8_t;

/// One entry of a batch: a crop of an image in an ImageStore, and the noise that it gets. A digit of MNIST is the crop
/// at 0,0.
struct Sample {
  std::uint32_t slot = 0;      ///< Slot of the ImageStore.
  std::uint32_t id = 0;        ///< Counter word of the noise; for MNIST the image's index in its file.
  std::uint32_t epoch = 0;     ///< Counter word of the noise; 0 for static noise.
  std::uint16_t y = 0, x = 0;  ///< Upper left corner of the crop in the image.
  Orientation orientation = 0;
  RngStream rng_stream = RngStream::train;
};

}  // namespace dae
