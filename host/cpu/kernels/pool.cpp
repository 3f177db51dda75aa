#include "host/cpu/kernels/table.hpp"

#include "host/cpu/kernels/pool_index.hpp"
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

/// The maximum over a window of 2x2 pixels, of which the right and the lower ones may lie beyond the image.
DAE_INLINE WindowMaximum maximum_at(const float* upper, std::ptrdiff_t row, bool two_columns, bool two_rows) {
  WindowMaximum window(load(upper));
  if (two_columns) window.take(load(upper + lanes), 1);
  if (!two_rows) return window;
  window.take(load(upper + row), 2);
  if (two_columns) window.take(load(upper + row + lanes), 3);
  return window;
}

/// Gives the gradient to the pixel of the window that `which` names, zero to the others.
DAE_INLINE void scatter(Vec grad, IntVec which, float* upper, std::ptrdiff_t row, bool two_columns, bool two_rows) {
  store(upper, which == 0 ? grad : Vec{});
  if (two_columns) store(upper + lanes, which == 1 ? grad : Vec{});
  if (!two_rows) return;
  store(upper + row, which == 2 ? grad : Vec{});
  if (two_columns) store(upper + row + lanes, which == 3 ? grad : Vec{});
}

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

/// Finds the first maximum again by comparing with the output, which costs less than storing where it was.
void pool_backward(ConstPlanes in, ConstPlanes out, ConstPlanes d_out, int size, Planes d_in, bool accumulate) {
  for_pixels(out, [&](int c, int y, int x) {
    const Window window(in, size, y, x);
    const Vec most = load(pixel(out, c, y, x));
    Vec grad = load(pixel(d_out, c, y, x));  // what is left of it for the pixels to come
    for (int i = window.top; i < window.bottom; ++i)
      for (int j = window.left; j < window.right; ++j) {
        const IntVec first = load(pixel(in, c, i, j)) == most;
        put(pixel(d_in, c, i, j), first ? grad : Vec{}, accumulate);
        grad = first ? Vec{} : grad;
      }
  });
}

void pool_relu(ConstPlanes in, Planes out, PoolIndex index) {
  for (int c = 0; c < out.channels; ++c)
    for (int y = 0; y < out.height; ++y) {
      const float* upper = pixel(in, c, 2 * y, 0);
      const bool two_rows = 2 * y + 1 < in.height;
      float* to = pixel(out, c, y, 0);
      std::uint8_t* place = index.at != nullptr ? index.at + c * index.plane + y * out.width * lanes : nullptr;
      for (int x = 0; x < out.width; ++x, upper += 2 * lanes, to += lanes) {
        store(to, maximum_at(upper, in.row, 2 * x + 1 < in.width, two_rows).finish(place));
        if (place != nullptr) place += lanes;
      }
    }
}

void pool_relu_backward(ConstPlanes d_out, ConstPoolIndex index, Planes d_in, float* bias_gradient) {
  for (int c = 0; c < d_out.channels; ++c) {
    Vec sum = {};
    for (int y = 0; y < d_out.height; ++y) {
      const std::uint8_t* place = index.at + c * index.plane + y * d_out.width * lanes;
      const float* from = pixel(d_out, c, y, 0);
      float* upper = pixel(d_in, c, 2 * y, 0);
      const bool two_rows = 2 * y + 1 < d_in.height;
      for (int x = 0; x < d_out.width; ++x, from += lanes, place += lanes, upper += 2 * lanes) {
        const Vec grad = load(from);
        const IntVec which = load_index(place);
        sum += which < 4 ? grad : Vec{};
        scatter(grad, which, upper, d_in.row, 2 * x + 1 < d_in.width, two_rows);
      }
    }
    bias_gradient[c] += horizontal_sum(sum);
  }
}

}  // namespace dae::cpu::DAE_ISA
