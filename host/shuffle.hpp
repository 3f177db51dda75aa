#pragma once

#include <cstdint>
#include <vector>

namespace dae {

/// A random order of 0 .. count - 1 that depends on nothing but the seed and the epoch: Fisher and Yates' shuffle with
/// the words of Philox at (i / 4, epoch, 0, Domain::shuffle).
std::vector<std::uint32_t> shuffled(std::uint32_t count, std::uint64_t seed, std::uint32_t epoch);

}  // namespace dae
