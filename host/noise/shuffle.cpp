#include "host/noise/shuffle.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "host/noise/philox.hpp"

namespace dae {

std::vector<std::uint32_t> shuffled(std::uint32_t count, std::uint64_t seed, std::uint32_t epoch, std::uint32_t part) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  Words words{};
  for (std::uint32_t drawn = 0; drawn + 1 < count; ++drawn) {
    if (drawn % 4 == 0) words = random_words(seed, RngStream::shuffle, epoch, part, drawn / 4);
    // The high half of word x left is uniform on 0 .. left - 1 up to 2^-32 x left, far below what training can see.
    const std::uint64_t left = count - drawn;
    const auto offset = static_cast<std::uint32_t>((std::uint64_t{words[drawn % 4]} * left) >> 32);
    std::swap(order[drawn], order[drawn + offset]);
  }
  return order;
}

std::vector<std::uint32_t> shuffled_in_groups(std::uint32_t photos, std::uint32_t crops, std::uint32_t together,
                                              std::uint64_t seed, std::uint32_t epoch) {
  if (photos <= together) return shuffled(photos * crops, seed, epoch);
  const std::vector<std::uint32_t> photo_order = shuffled(photos, seed, epoch);
  std::vector<std::uint32_t> order;
  order.reserve(std::size_t{photos} * crops);
  for (std::uint32_t first = 0; first < photos; first += together) {
    const std::uint32_t count = std::min(together, photos - first);
    for (const std::uint32_t i : shuffled(count * crops, seed, epoch, first / together + 1))
      order.push_back(photo_order[first + i / crops] * crops + i % crops);
  }
  return order;
}

}  // namespace dae
