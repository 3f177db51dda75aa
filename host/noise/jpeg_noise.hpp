#pragma once

#include <cstdint>
#include <span>

#include "dae/noise.hpp"
#include "dae/shape.hpp"

/// \file
/// Makes of an image what a JPEG file would, as dae/noise.hpp defines it: integers only, so that every device that does
/// the same arithmetic gets the same bits.
namespace dae {

/// The quality that a sample's image is compressed with.
int jpeg_quality(const Jpeg&, std::uint64_t seed, RngStream, std::uint32_t epoch, std::uint32_t id);

/// Compresses an image (h, w, c order) and reads it back: multiples of 1/255 in [0, 1].
void compress_as_jpeg(std::span<float> elements, const Shape&, int quality);

}  // namespace dae
