#pragma once

#include <filesystem>
#include <vector>

#include "dae/shape.hpp"

namespace dae {

/// An image of floats, h x w x c interleaved.
struct FloatImage {
  Shape shape;
  std::vector<float> pixels;
};

/// Reads a portable float map (one or three channels, either byte order), which stores an image's rows from the last to
/// the first. Throws InputError.
FloatImage read_pfm(const std::filesystem::path& path);

}  // namespace dae
