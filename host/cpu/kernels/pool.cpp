#include "host/cpu/kernels/pool.hpp"

#include "host/cpu/kernels/rows.hpp"

namespace dae::cpu::DAE_ISA {
namespace {

/// The part of a window that lies inside the image.
struct Window {
  int top, left, bottom, right;

  Window(const ConstPlanes& in, int size, int y, int x)
      : top(y * size), left(x * size), bottom(top + size), right(left + size) {
    if (bottom > in.height) bottom = in.height;
    if (right > in.width) right = in.width;
  }
};

}  // namespace

void pool(ConstPlanes in, int size, Planes out) {
  for_pixels(out, [&](int c, int y, int x) {
    const Window window(in, size, y, x);
    Vec most = load(pixel(in, c, window.top, window.left));
    for (int i = window.top; i < window.bottom; ++i)
      for (int j = window.left; j < window.right; ++j) {
        const Vec value = load(pixel(in, c, i, j));
        most = value > most ? value : most;
      }
    store(pixel(out, c, y, x), most);
  });
}

void pool_backward(ConstPlanes in, ConstPlanes out, ConstPlanes d_out, int size, Planes d_in, bool accumulate) {
  for_pixels(out, [&](int c, int y, int x) {
    const Window window(in, size, y, x);
    const Vec most = load(pixel(out, c, y, x));
    Vec slope = load(pixel(d_out, c, y, x));  // what is left of it for the pixels to come
    for (int i = window.top; i < window.bottom; ++i)
      for (int j = window.left; j < window.right; ++j) {
        const IntVec first = load(pixel(in, c, i, j)) == most;
        put(pixel(d_in, c, i, j), first ? slope : Vec{}, accumulate);
        slope = first ? Vec{} : slope;
      }
  });
}

}  // namespace dae::cpu::DAE_ISA
