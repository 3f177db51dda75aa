#include "host/cpu/kernels/table.hpp"

#include "host/cpu/kernels/rows.hpp"

namespace dae::cpu::DAE_ISA {
namespace {

void zero(float* at, std::ptrdiff_t pixels) {
  for (std::ptrdiff_t i = 0; i < pixels; ++i) store(at + i * lanes, Vec{});
}

}  // namespace

void zero_border(Planes planes, int before, int after) {
  const int pitch = before + planes.width + after;
  for (int c = 0; c < planes.channels; ++c) {
    zero(pixel(planes, c, -before, -before), static_cast<std::ptrdiff_t>(before) * pitch);
    for (int y = 0; y < planes.height; ++y) {
      zero(pixel(planes, c, y, -before), before);
      zero(pixel(planes, c, y, planes.width), after);
    }
    zero(pixel(planes, c, planes.height, -before), static_cast<std::ptrdiff_t>(after) * pitch);
  }
}

void scale(ConstPlanes in, float factor, Planes out, bool accumulate) {
  for_pixels(in, [&](int c, int y, int x) { put(pixel(out, c, y, x), factor * load(pixel(in, c, y, x)), accumulate); });
}

void add(ConstPlanes a, ConstPlanes b, float sign, Planes out) {
  for_pixels(a, [&](int c, int y, int x) {
    store(pixel(out, c, y, x), load(pixel(a, c, y, x)) + sign * load(pixel(b, c, y, x)));
  });
}

}  // namespace dae::cpu::DAE_ISA
