#include "host/cpu/kernels/table.hpp"

#include "host/cpu/kernels/rows.hpp"

// Squares of block x block pixels as block^2 channels of one pixel, and back. Each is the other's gradient.
namespace dae::cpu::DAE_ISA {
namespace {

/// Calls act(pixel of the image, its pixel in the deep image).
template <class Space, class Depth, class Act>
DAE_INLINE void for_squares(const BasicPlanes<Space>& space, int block, const BasicPlanes<Depth>& depth, Act act) {
  for (int c = 0; c < space.channels; ++c)
    for (int y = 0; y < space.height; ++y)
      for (int j = 0; j < block; ++j) {
        const int channel = (c * block + y % block) * block + j;
        for (int x = 0; x < depth.width; ++x)
          act(pixel(space, c, y, x * block + j), pixel(depth, channel, y / block, x));
      }
}

}  // namespace

void space_to_depth(ConstPlanes space, int block, Planes depth, bool accumulate) {
  for_squares(space, block, depth, [&](const float* from, float* to) { put(to, load(from), accumulate); });
}

void depth_to_space(ConstPlanes depth, int block, Planes space, bool accumulate) {
  for_squares(space, block, depth, [&](float* to, const float* from) { put(to, load(from), accumulate); });
}

void fill(Planes planes, const float* value) {
  const Vec lanes_value = load_unaligned(value);
  for_pixels(planes, [&](int c, int y, int x) { store(pixel(planes, c, y, x), lanes_value); });
}

}  // namespace dae::cpu::DAE_ISA
