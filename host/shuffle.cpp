#include "host/shuffle.hpp"

#include <numeric>
#include <utility>

#include "host/philox.hpp"

namespace dae {

std::vector<std::uint32_t> shuffled(std::uint32_t count, std::uint64_t seed, std::uint32_t epoch) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  Words words{};
  for (std::uint32_t drawn = 0; drawn + 1 < count; ++drawn) {
    if (drawn % 4 == 0) words = random_words(seed, Domain::shuffle, epoch, 0, drawn / 4);
    // The high half of word x left is uniform on 0 .. left - 1 up to 2^-32 x left, far below what training can see.
    const std::uint64_t left = count - drawn;
    const auto offset = static_cast<std::uint32_t>((std::uint64_t{words[drawn % 4]} * left) >> 32);
    std::swap(order[drawn], order[drawn + offset]);
  }
  return order;
}

}  // namespace dae
