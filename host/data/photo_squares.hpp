#pragma once

#include "host/data/idx.hpp"
#include "host/data/photo_folder.hpp"

namespace dae {

/// Squares of `side` pixels that lie side by side in the photos, at most `most`, spread evenly over all there are; the
/// clean ones of 8 bit. Photos whose pixels are not kept are read again.
ImageSet squares_of(const PhotoFolder& photos, int side, std::size_t most);

/// The square of a picture whose upper left corner is at y, x; it must lie inside.
Picture square_at(const Picture& picture, int y, int x, int side);

}  // namespace dae
