#include "host/cpu/kernels/seams.hpp"

#include "host/cpu/kernels/rows.hpp"

namespace dae::cpu::DAE_ISA {
namespace {

/// The pixel of the tile that lies `lanes_on` lanes further on, where there is one.
DAE_INLINE Vec neighbour(const float* pixel, int lanes_on, IntVec exists) {
  return exists ? load_unaligned(pixel + lanes_on) : Vec{};
}

void zero_beyond(const SeamTask& task, int c) {
  const Planes& planes = task.planes;
  const IntVec rows = load_numbers(task.rows), columns = load_numbers(task.columns);
  for (int y = 0; y < planes.height; ++y) {
    const IntVec row_inside = rows > y;
    for (int x = y < task.whole_rows ? task.whole_columns : 0; x < planes.width; ++x) {
      float* at = pixel(planes, c, y, x);
      store(at, (row_inside & (columns > x)) ? load(at) : Vec{});
    }
  }
}

}  // namespace

void mend(const SeamTask& task) {
  const Planes& planes = task.planes;
  const IntVec above = load_numbers(task.above), below = load_numbers(task.below), left = load_numbers(task.left),
               right = load_numbers(task.right);
  for (int c = 0; c < planes.channels; ++c) {
    if (task.whole_rows < planes.height || task.whole_columns < planes.width) zero_beyond(task, c);
    for (int y = 0; y < planes.height; ++y) {
      for (int i = 1; i <= task.before; ++i)
        store(pixel(planes, c, y, -i), neighbour(pixel(planes, c, y, planes.width - i), -1, left));
      for (int i = 0; i < task.after; ++i)
        store(pixel(planes, c, y, planes.width + i), neighbour(pixel(planes, c, y, i), 1, right));
    }
    // Rows after columns: the corners are the neighbours' borders.
    for (int x = -task.before; x < planes.width + task.after; ++x) {
      for (int i = 1; i <= task.before; ++i)
        store(pixel(planes, c, -i, x), neighbour(pixel(planes, c, planes.height - i, x), -task.across, above));
      for (int i = 0; i < task.after; ++i)
        store(pixel(planes, c, planes.height + i, x), neighbour(pixel(planes, c, i, x), task.across, below));
    }
  }
}

}  // namespace dae::cpu::DAE_ISA
