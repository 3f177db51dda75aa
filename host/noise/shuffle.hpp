#pragma once

#include <cstdint>
#include <vector>

namespace dae {

/// A random order of 0 .. count - 1 that depends on nothing but the seed and the epoch: Fisher and Yates' shuffle with
/// the words of Philox at (i / 4, epoch, part, RngStream::shuffle).
std::vector<std::uint32_t> shuffled(std::uint32_t count, std::uint64_t seed, std::uint32_t epoch,
                                    std::uint32_t part = 0);

/// The same for photos of which each gives `crops` samples in a row, so that a photo has to be read once an epoch only:
/// the photos are shuffled (part 0) and taken in groups of `together`; the samples of group g are shuffled (part g +
/// 1). Where one group holds all photos it is `shuffled` of all samples.
std::vector<std::uint32_t> shuffled_in_groups(std::uint32_t photos, std::uint32_t crops, std::uint32_t together,
                                              std::uint64_t seed, std::uint32_t epoch);

}  // namespace dae
