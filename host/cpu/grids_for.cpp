#include <algorithm>
#include <utility>

#include "host/cpu/grid.hpp"

namespace dae::cpu {

std::vector<Grid> grids_for(const Shape& shape, int lanes) {
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
  std::vector<Grid> result;
  const std::vector<Side> all_y = sides(shape.h), all_x = sides(shape.w);
  for (const Side& y : all_y)
    for (const Side& x : all_x)
      if (y.parts * x.parts <= lanes) result.push_back({y.parts, x.parts, y.size, x.size});
  // Of tiles of one size the squarest has the shortest seams.
  std::ranges::stable_sort(result, {},
                           [](const Grid& grid) { return std::pair(grid.pixels(), grid.height + grid.width); });
  return result;
}

}  // namespace dae::cpu
