#include "host/cpu/kernels/table.hpp"

#include "host/cpu/kernels/rows.hpp"

namespace dae::cpu::DAE_ISA {

void upsample(ConstPlanes in, int factor, Planes out) {
  for_pixels(in, [&](int c, int y, int x) {
    const Vec value = load(pixel(in, c, y, x));
    for (int i = 0; i < factor; ++i)
      for (int j = 0; j < factor; ++j) store(pixel(out, c, y * factor + i, x * factor + j), value);
  });
}

void upsample_backward(ConstPlanes d_out, int factor, Planes d_in, bool accumulate) {
  for_pixels(d_in, [&](int c, int y, int x) {
    Vec sum = {};
    for (int i = 0; i < factor; ++i)
      for (int j = 0; j < factor; ++j) sum += load(pixel(d_out, c, y * factor + i, x * factor + j));
    put(pixel(d_in, c, y, x), sum, accumulate);
  });
}

}  // namespace dae::cpu::DAE_ISA
