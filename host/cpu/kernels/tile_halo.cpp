#include "host/cpu/kernels/table.hpp"

#include "host/cpu/kernels/rows.hpp"

namespace dae::cpu::DAE_ISA {
namespace {

/// A register's lanes, `lanes_on` lanes further on.
struct Shift {
#if defined(__AVX2__) && !defined(__clang__)
  // One permutation; a load across two registers waits until both have left the store buffer.
  IntVec from;
  DAE_METHOD explicit Shift(int lanes_on) {
    for (int i = 0; i < lanes; ++i) from[i] = i + lanes_on;
  }
  [[nodiscard]] DAE_METHOD Vec of(const float* pixel) const { return __builtin_shuffle(load(pixel), from); }
#else
  int lanes_on;
  DAE_METHOD explicit Shift(int distance) : lanes_on(distance) {}
  [[nodiscard]] DAE_METHOD Vec of(const float* pixel) const { return load_unaligned(pixel + lanes_on); }
#endif
};

/// A pixel's neighbours in other tiles, where there are any.
struct Neighbour {
  Shift shift;
  IntVec exists;
  DAE_METHOD Neighbour(int lanes_on, const std::int32_t* flags) : shift(lanes_on), exists(load_numbers(flags)) {}
  [[nodiscard]] DAE_METHOD Vec of(const float* pixel) const { return exists ? shift.of(pixel) : Vec{}; }
};

DAE_INLINE void zero_beyond(const HaloTask& task, int c) {
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

void exchange(const HaloTask& shared) {
  const HaloTask task = shared;  // a copy, which no store to the planes can change as far as the compiler knows
  const Planes& planes = task.planes;
  const Neighbour above(-task.across, task.above), below(task.across, task.below), left(-1, task.left),
      right(1, task.right);
  for (int c = 0; c < planes.channels; ++c) {
    if (task.whole_rows < planes.height || task.whole_columns < planes.width) zero_beyond(task, c);
    for (int y = 0; y < planes.height; ++y) {
      for (int i = 1; i <= task.before; ++i)
        store(pixel(planes, c, y, -i), left.of(pixel(planes, c, y, planes.width - i)));
      for (int i = 0; i < task.after; ++i)
        store(pixel(planes, c, y, planes.width + i), right.of(pixel(planes, c, y, i)));
    }
    // Rows after columns: the corners are the neighbours' borders.
    for (int x = -task.before; x < planes.width + task.after; ++x) {
      for (int i = 1; i <= task.before; ++i)
        store(pixel(planes, c, -i, x), above.of(pixel(planes, c, planes.height - i, x)));
      for (int i = 0; i < task.after; ++i)
        store(pixel(planes, c, planes.height + i, x), below.of(pixel(planes, c, i, x)));
    }
  }
}

}  // namespace dae::cpu::DAE_ISA
