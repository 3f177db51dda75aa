#pragma once

#include <array>
#include <cstdint>

#include "dae/noise.hpp"

namespace dae {

/// Philox4x32-10: four random words for a counter and a key (Salmon et al., SC 2011, section 3.3 and table 2).
using Words = std::array<std::uint32_t, 4>;
constexpr Words philox(Words counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53u} * counter[0];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57u} * counter[2];
    counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
               static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
    key[0] += 0x9E3779B9u;
    key[1] += 0xBB67AE85u;
  }
  return counter;
}

/// The words of elements 4 quad .. 4 quad + 3 of one sample, as dae/noise.hpp lays out the counter.
constexpr Words random_words(std::uint64_t seed, RngStream rng_stream, std::uint32_t epoch, std::uint32_t id,
                             std::uint32_t quad) {
  return philox({quad, epoch, id, static_cast<std::uint32_t>(rng_stream)},
                {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
}

/// A word as a number in (0, 1): (x + 0.5) 2^-32.
constexpr double unit(std::uint32_t word) { return (static_cast<double>(word) + 0.5) * 0x1p-32; }

}  // namespace dae
