#include "host/cpu/layout/lane_tiling.hpp"

#include <algorithm>
#include <utility>

namespace dae::cpu {

std::vector<LaneTiling> lane_tilings_for(const Shape& shape, int lanes) {
  struct Side {
    int parts, size;
    bool operator==(const Side&) const = default;
  };
  const auto sides = [&](int length) {
    std::vector<Side> result{{1, length}};
    for (int parts = 2; parts <= lanes; ++parts)
      for (int unit = 1; unit <= 32; unit *= 2) {
        const Side side{parts, ((length + parts - 1) / parts + unit - 1) / unit * unit};
        if ((parts - 1) * side.size < length && side != result.back()) result.push_back(side);
      }
    return result;
  };
  std::vector<LaneTiling> result;
  const std::vector<Side> all_y = sides(shape.h), all_x = sides(shape.w);
  for (const Side& y : all_y)
    for (const Side& x : all_x)
      if (y.parts * x.parts <= lanes) result.push_back({y.parts, x.parts, y.size, x.size});
  // Among tiles of one size the squarest has the shortest border.
  std::ranges::stable_sort(
      result, {}, [](const LaneTiling& tiling) { return std::pair(tiling.pixels(), tiling.height + tiling.width); });
  return result;
}

Shape tile_before_pooling(const LaneTiling& out, bool pool, const Shape& shape) {
  const int size = pool ? 2 : 1;
  return {1, out.down == 1 ? shape.h : out.height * size, out.across == 1 ? shape.w : out.width * size, shape.c};
}

}  // namespace dae::cpu
