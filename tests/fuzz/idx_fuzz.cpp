#include <algorithm>
#include <span>

#include "host/data/idx.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

dae::ImageSet decode(std::string_view bytes, std::size_t limit) {
  return dae::decode_idx(
      [&](std::span<char> into) {
        const std::size_t count = std::min(into.size(), bytes.size());
        std::copy_n(bytes.begin(), count, into.begin());
        bytes.remove_prefix(count);
        return count;
      },
      "'f'", limit);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz(data, size, [](std::string_view bytes) {
    const dae::ImageSet one = decode(bytes, 1);
    require(one.shape.n == 1 && one.pixels.size() == one.shape.size());
  });
  return fuzz(data, size, [](std::string_view bytes) {
    const dae::ImageSet all = decode(bytes, 0);
    require(all.pixels.size() == all.shape.size() && all.shape.n >= 1);
  });
}
